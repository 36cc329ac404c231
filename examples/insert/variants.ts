import { attachFBSD, headLosses } from '@fbsd/fbsd';
import { insertFBSM, type Tap } from '@fbsd/fbsm';
import { losses, type Tensor } from '@tensorflow/tfjs-core';
import {
  initializers,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';

/** A model to train, with the loss of each of its outputs, which are logits. */
export interface Variant {
  /** For a folder. */
  name: 'plain' | 'fbsm' | 'fbsd';
  /** For people. */
  title: string;
  model: LayersModel;
  losses: ((labels: Tensor, logits: Tensor) => Tensor)[];
}

/**
 * The same network plain, with FBSM inserted, and with the complete FBSD; each a copy, so that they
 * start from the same weights and learn apart.
 *
 * @param base anything with maps at the taps; its own classifier is left out
 * @param taps the last one is where the plain network ends
 */
export function variantsOf(
  base: LayersModel,
  { taps, classes, seed }: { taps: readonly Tap[]; classes: number; seed: number },
): Variant[] {
  const last = taps.at(-1) as Tap;
  const kernelInitializer = initializers.glorotUniform({ seed });
  const drawn = taps.map((tap) => ({ kernelInitializer, ...tap }));
  // Alpha and beta 0 leave a network as it was.
  const plain = insertFBSM(base, [{ ...last, alpha: 0, beta: 0 }], { copy: true });
  const boosted = insertFBSM(base, drawn, { copy: true });
  const complete = attachFBSD(base, { taps, classes, seed, copy: true, ...SMALL_HEAD });
  return [
    { name: 'plain', title: 'plain', ...classified(plain, classes, seed) },
    { name: 'fbsm', title: 'with FBSM', ...classified(boosted, classes, seed) },
    { name: 'fbsd', title: 'with FBSD', model: complete, losses: headLosses(complete) },
  ];
}

const SMALL_HEAD = { convWidths: [64, 128], hiddenUnits: 128, topK: 4 } as const;

/** Average pooling and a linear classifier on every map. */
function classified(
  { inputs, outputs, name }: LayersModel,
  classes: number,
  seed: number,
): Pick<Variant, 'model' | 'losses'> {
  const logits = outputs.map((map, i) => {
    const pooled = layers.globalAveragePooling2d({ name: `average${i + 1}` }).apply(map);
    const kernelInitializer = initializers.glorotUniform({ seed: seed + i });
    const linear = layers.dense({ name: `logits${i + 1}`, units: classes, kernelInitializer });
    return linear.apply(pooled) as SymbolicTensor;
  });
  const crossEntropy = (labels: Tensor, z: Tensor) => losses.softmaxCrossEntropy(labels, z);
  return {
    model: model({ name: `${name}_classifier`, inputs, outputs: logits }),
    losses: logits.map(() => crossEntropy),
  };
}

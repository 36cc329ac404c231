import { batchNorm, convolution, type Seeds, uniformFanIn } from '@fbsd/backbones';
import type { FBSMArgs } from '@fbsd/fbsm';
import { fdm } from '@fbsd/fdm';
import { topKPool } from '@fbsd/topk-pool';
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';

/** Arguments of the head of FBSD. */
export interface HeadArgs {
  /** Number of classes, 2 or more. */
  classes: number;
  /** Weight of the other levels' contribution to a level. @default 1 */
  gamma?: number;
  /** Responses averaged per channel. @default 5 */
  topK?: number;
  /** Channels of the two convolutions in each level's conv block. @default as published [512, 1024] */
  convWidths?: readonly [number, number];
  /** Units of the classifiers' hidden layer. @default as published 512 */
  hiddenUnits?: number;
}

/** The defaults of {@link HeadArgs}. */
export const HEAD_DEFAULTS: Readonly<Required<Omit<HeadArgs, 'classes'>>> = {
  gamma: 1,
  topK: 5,
  convWidths: [512, 1024],
  hiddenUnits: 512,
};

/** Keeps the seeds of the head apart from those of any backbone. */
export const HEAD_SEEDS = 10_000;

/** What decides the initial weights of an FBSM: the seed of its kernel, and the next one of its bias; or zeros. */
export function initialWeightsOfFBSM(
  seeds: Seeds,
): Pick<FBSMArgs, 'seed' | 'kernelInitializer' | 'biasInitializer'> {
  const [seed] = [seeds(), seeds()];
  if (seed === 'zeros') return { kernelInitializer: 'zeros', biasInitializer: 'zeros' };
  return seed === undefined ? {} : { seed };
}

/**
 * Conv blocks, FDM, top-k pooling, one classifier per level and one on all levels together.
 *
 * @param maps the boosted map [B,H,W,C] of every level; sizes and channels may differ
 * @returns logits [B,classes]: of every level, then of all together
 */
export function head(
  maps: readonly SymbolicTensor[],
  { seeds, ...args }: HeadArgs & { seeds: Seeds },
): SymbolicTensor[] {
  const { classes, gamma, topK, convWidths, hiddenUnits } = { ...HEAD_DEFAULTS, ...args };
  const levels = maps.map((map, i) => convBlock(map, `conv_block${i + 1}`, convWidths, seeds));
  const diversified = fdm({ name: 'fdm', gamma }).apply(levels) as SymbolicTensor[];
  const pooled = diversified.map(
    (map, i) => topKPool({ name: `fbsd_pool${i + 1}`, k: topK }).apply(map) as SymbolicTensor,
  );
  const all = layers.concatenate({ name: 'fbsd_concat' }).apply(pooled) as SymbolicTensor;
  const shape = { hiddenUnits, classes, seeds };
  return [
    ...pooled.map((features, i) => classifier(features, `classifier${i + 1}`, shape)),
    classifier(all, 'classifier_concat', shape),
  ];
}

/**
 * Names the outputs of the head, in their order.
 *
 * @param outputs n; 4 for three levels
 * @returns level 1 … level n − 1, concat; for a network of one output, which is none of FBSD, classifier
 */
export function headNames(outputs: number): string[] {
  if (outputs === 1) return ['classifier'];
  return Array.from({ length: outputs }, (_, i) => (i < outputs - 1 ? `level ${i + 1}` : 'concat'));
}

/** Momentum of the conv blocks' batch norms; every other batch norm has PyTorch's default 0.1. */
const CONV_BLOCK_MOMENTUM = 0.01;

/** Maps a level's boosted map to the width that all levels share: 1×1, then 3×3, each with BN, ReLU. */
function convBlock(
  map: SymbolicTensor,
  name: string,
  [reduced, width]: readonly [number, number],
  seeds: Seeds,
): SymbolicTensor {
  const convBnRelu = (x: SymbolicTensor, index: number, filters: number, size: number) => {
    const kernelInitializer = uniformFanIn(channels(x) * size * size, seeds());
    const conv = convolution({ name: `${name}.${index}.conv`, filters, size, kernelInitializer });
    const bn = batchNorm({
      name: `${name}.${index}.bn`,
      momentum: CONV_BLOCK_MOMENTUM,
      activation: 'relu',
    });
    return bn.apply(conv(x));
  };
  return convBnRelu(convBnRelu(map, 0, reduced, 1), 1, width, 3);
}

/** BN, linear, BN, ELU, linear: pooled features [B,C] to logits [B,classes]. */
function classifier(
  features: SymbolicTensor,
  name: string,
  { hiddenUnits, classes, seeds }: { hiddenUnits: number; classes: number; seeds: Seeds },
): SymbolicTensor {
  const linear = (index: number, inputs: number, units: number) =>
    layers.dense({
      name: `${name}.${index}`,
      units,
      kernelInitializer: uniformFanIn(inputs, seeds()),
      biasInitializer: uniformFanIn(inputs, seeds()),
    });
  const sequence = [
    batchNorm({ name: `${name}.0` }),
    linear(1, channels(features), hiddenUnits),
    batchNorm({ name: `${name}.2` }),
    layers.elu({ name: `${name}.3` }),
    linear(4, hiddenUnits, classes),
  ];
  return sequence.reduce((y, layer) => layer.apply(y) as SymbolicTensor, features);
}

function channels(x: SymbolicTensor): number {
  return x.shape.at(-1) as number;
}

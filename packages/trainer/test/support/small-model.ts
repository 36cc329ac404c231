import { fbsm } from '@fbsd/fbsm';
import {
  initializers,
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';

interface SmallModelArgs {
  axis?: 'height' | 'width';
  /** Strips of the first and the second FBSM. @default [3, 2] */
  parts?: [number, number];
  /** Zero makes every strip score the same. @default a fixed pseudo-random kernel */
  kernelInitializer?: string;
}

/** Side of its images; the maps of its FBSMs are 7×7 and 4×4. */
export const SIDE = 14;
export const CLASSES = 5;

/** Two levels of stock layers with an FBSM each: what it suppresses goes on, as in FBSD. */
export function smallModel(args: SmallModelArgs = {}): LayersModel {
  const { axis = 'height', parts = [3, 2], kernelInitializer } = args;
  let seed = 1;
  const conv = (x: SymbolicTensor) =>
    layers
      .conv2d({
        filters: 6,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: heNormal(seed++),
      })
      .apply(x) as SymbolicTensor;
  const boostSuppress = (x: SymbolicTensor, name: string, k: number) =>
    fbsm({
      name,
      parts: k,
      alpha: 0.7,
      beta: 0.6,
      axis,
      kernelInitializer: kernelInitializer ?? heNormal(seed++),
      biasInitializer: 'zeros',
    }).apply(x);
  const logits = (x: SymbolicTensor) =>
    layers
      .dense({ units: CLASSES, kernelInitializer: heNormal(seed++) })
      .apply(layers.globalAveragePooling2d({}).apply(x)) as SymbolicTensor;

  const images = input({ shape: [SIDE, SIDE, 3] });
  const [boosted1, suppressed1] = boostSuppress(conv(images), 'first', parts[0]);
  const [boosted2] = boostSuppress(conv(suppressed1), 'second', parts[1]);
  return model({ inputs: images, outputs: [logits(boosted1), logits(boosted2)] });
}

function heNormal(seed: number) {
  return initializers.heNormal({ seed });
}

import { fbsm } from '@fbsd/fbsm';
import { fdm } from '@fbsd/fdm';
import { uniform } from '@fbsd/testing';
import { topKPool } from '@fbsd/topk-pool';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';

/** A network of layers that are drawn by chance: some that follow each other, some that take two maps. */
export function randomNetwork(seed: number): LayersModel {
  let drawn = 0;
  const random = () => uniform(`network ${seed}`, drawn++);
  const integer = (least: number, most: number) =>
    least + Math.floor(random() * (most - least + 1));
  const one = <T>(choices: readonly T[]): T => choices[integer(0, choices.length - 1)] as T;
  const padding = () => one(['same', 'valid'] as const);

  const single: ((x: SymbolicTensor) => unknown)[] = [
    (x) =>
      layers
        .conv2d({
          filters: integer(1, 9),
          kernelSize: [integer(1, 3), integer(1, 3)],
          strides: integer(1, 2),
          padding: padding(),
          activation: one(['relu', 'elu', 'swish', 'linear']),
        })
        .apply(x),
    (x) =>
      layers
        .depthwiseConv2d({ kernelSize: 3, padding: 'same', depthMultiplier: integer(1, 2) })
        .apply(x),
    (x) =>
      layers.separableConv2d({ filters: integer(1, 9), kernelSize: 2, padding: 'same' }).apply(x),
    (x) => layers.conv2dTranspose({ filters: integer(1, 6), kernelSize: 3, strides: 2 }).apply(x),
    (x) => layers.maxPooling2d({ poolSize: 2, strides: 1, padding: padding() }).apply(x),
    (x) => layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }).apply(x),
    (x) => layers.upSampling2d({ size: [1, 2] }).apply(x),
    (x) =>
      layers
        .zeroPadding2d({
          padding: [
            [integer(0, 2), 1],
            [0, integer(0, 2)],
          ],
        })
        .apply(x),
    (x) => layers.batchNormalization({}).apply(x),
    (x) => layers.layerNormalization({}).apply(x),
    (x) => layers.prelu({ sharedAxes: [1, 2] }).apply(x),
    (x) => layers.activation({ activation: one(['softmax', 'tanh', 'hardSigmoid']) }).apply(x),
    (x) => {
      const rows = x.shape[1] as number;
      return fbsm({ parts: integer(1, rows) }).apply(x)[integer(0, 1)];
    },
  ];
  const double: ((a: SymbolicTensor, b: SymbolicTensor) => unknown)[] = [
    (a, b) => layers.add().apply([a, b]),
    (a, b) => layers.multiply().apply([a, b]),
    (a, b) => layers.maximum().apply([a, b]),
    (a, b) => layers.concatenate().apply([a, b]),
    (a, b) => fdm({ scale: 0.5 }).apply([a, b])[1],
  ];

  const images = input({ shape: [integer(6, 12), integer(6, 12), integer(1, 4)] });
  let x = images;
  for (let depth = integer(3, 8); depth > 0; depth--) {
    const before = x;
    const [rows, columns] = x.shape.slice(1) as [number, number];
    if (rows < 4 || columns < 4)
      x = layers.upSampling2d({ size: [2, 2] }).apply(x) as SymbolicTensor;
    x = one(single)(x) as SymbolicTensor;
    const fits = before.shape.join() === x.shape.join();
    if (fits && random() < 0.7) x = one(double)(before, x) as SymbolicTensor;
  }
  const end = one<() => unknown>([
    () => layers.flatten().apply(x),
    () => layers.globalAveragePooling2d({}).apply(x),
    () => topKPool({ k: 2 }).apply(x),
  ])() as SymbolicTensor;
  const logits = layers.dense({ units: 5 }).apply(end) as SymbolicTensor;
  return model({ inputs: images, outputs: logits });
}

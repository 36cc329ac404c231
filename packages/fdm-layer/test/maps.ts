import { diversify } from '@fbsd/fdm';
import {
  expectClose,
  readGolden,
  signal,
  type Tolerance,
  toNHWC,
  toTensor,
  type Values,
} from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';

/** A scale at which what is added is not lost in the rounding of the map that it is added to. */
export const LOUD = 1000;

export const SHAPES = [
  [2, 3, 4, 5],
  [2, 2, 3, 5],
  [2, 2, 2, 5],
];

type Size = [height: number, width: number];

/** The goldens of one pair: name, batch, channels, size of each map. */
export const PAIRS: [string, number, number, Size, Size][] = [
  ['fdm_pair', 2, 12, [6, 5], [3, 4]],
  ['fdm_pair_wide', 1, 64, [14, 14], [7, 7]],
];

/** The golden fdm_triple: number and size of each map, batch 2, 16 channels. */
export const TRIPLE: [number, Size][] = [
  [1, [8, 8]],
  [2, [4, 4]],
  [3, [2, 2]],
];

export function golden(name: string): (entry: string, factor?: number) => tf.Tensor {
  const file = readGolden(new URL(`./goldens/${name}.safetensors`, import.meta.url));
  return (entry, factor = 1) => {
    const { shape, data } = file.get(entry) as Values;
    return toNHWC({ shape, data: Array.from(data, (value) => value * factor) });
  };
}

/** The input or upstream gradient `name` of a golden. */
export function nhwc(name: string, batch: number, channels: number, size: Size): tf.Tensor {
  return toNHWC(signal(name, [batch, channels, ...size]));
}

/** Maps of pseudo-random values. */
export function maps(name: string, shapes: number[][] = SHAPES): tf.Tensor[] {
  return shapes.map((shape, i) => toTensor(signal(`${name}.${i}`, shape)));
}

/** Maps with a position of zeros and one of norm 2e-13: below the floor of the norm. */
export function floored(): tf.Tensor[] {
  const [first, ...rest] = maps('floored') as [tf.Tensor, ...tf.Tensor[]];
  const factors = tf.concat([tf.tensor([0, 1e-13]), tf.ones([22])]); // one for each position
  return [tf.mul(first, tf.reshape(factors, [2, 3, 4, 1])), ...rest];
}

/** What the op adds to each map. */
export function added(
  inputs: tf.Tensor[],
  options: Parameters<typeof diversify>[1] = { scale: LOUD },
): tf.Tensor[] {
  return diversify(inputs, options).map((z, i) => tf.sub(z, inputs[i] as tf.Tensor));
}

/** All values in one row. */
export function row(tensors: tf.Tensor[]): tf.Tensor {
  return tf.concat(tensors.map((x) => tf.reshape(x, [-1])));
}

/** The gradients of Σ dy·f(inputs) with respect to each input. */
export function gradients(
  f: (inputs: tf.Tensor[]) => tf.Tensor[],
  inputs: tf.Tensor[],
  dy: tf.Tensor,
): tf.Tensor[] {
  return tf.grads((...xs) => row(f(xs)))(inputs, dy);
}

/** {@link expectClose} for each tensor of a list. */
export function expectAll(actual: tf.Tensor[], expected: tf.Tensor[], tolerance?: Tolerance): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((x, i) => {
    expectClose(x, expected[i] as tf.Tensor, tolerance);
  });
}

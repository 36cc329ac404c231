import { readFileSync } from 'node:fs';
import { loadStateDict, type StateDict, type StateTensor } from '@fbsd/backbones';
import { parameter, signal, toNHWC, type Values } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Some values of a tensor in PyTorch's layout, by their flat index. */
interface Sampled {
  shape: number[];
  mean: number;
  l2: number;
  index: number[];
  value: number[];
}

/** A golden of the whole network, computed with the published code. */
export interface NetworkGolden {
  batch: number;
  size: number;
  classes: number;
  eval: { taps: Sampled[]; logits: number[][][] };
  train: {
    lr_new: number;
    lr_pretrained: number;
    steps: {
      step: number;
      labels: number[];
      losses: number[];
      total: number;
      grad_norm: number;
      grad_norms?: Record<string, number>;
    }[];
    after: Record<string, Sampled>;
  };
}

export function readNetworkGolden(name: string): NetworkGolden {
  const file = new URL(`../goldens/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as NetworkGolden;
}

const PARAMETERS: Record<string, string> = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
};

/** Name in the published model's state dict of a weight of ours, on a ResNet or a DenseNet. */
export function referenceName(name: string): string {
  const slash = name.lastIndexOf('/');
  const layer = name.slice(0, slash).replaceAll('/', '.');
  const weight = name.slice(slash + 1);
  const fbsm = /^fbsm(\d)$/.exec(layer);
  if (fbsm) {
    const part = weight === 'kernel' || weight === 'bias' ? 0 : 1;
    return `features.strip${fbsm[1]}.stripconv.${part}.${PARAMETERS[weight]}`;
  }
  const reference = layer
    .replace(/^conv1$/, 'features.layer0_2.0')
    .replace(/^bn1$/, 'features.layer0_2.1')
    .replace(/^layer1\./, 'features.layer0_2.4.')
    .replace(/^layer2\./, 'features.layer0_2.5.')
    .replace(/^layer([34])\./, 'features.layer$1.0.')
    .replace(/^conv0$/, 'features.block0_2.0')
    .replace(/^norm0$/, 'features.block0_2.1')
    .replace(/^denseblock1\./, 'features.block0_2.4.')
    .replace(/^transition1\./, 'features.block0_2.5.')
    .replace(/^denseblock2\./, 'features.block0_2.6.')
    .replace(/^transition([23])\./, (_, n) => `features.block${Number(n) + 1}.0.`)
    .replace(/^denseblock([34])\./, 'features.block$1.1.');
  return `${reference}.${PARAMETERS[weight]}`;
}

/**
 * Fills every weight with the value that the generator gives it by its reference name, as if they had
 * come in the published model's state dict.
 *
 * @returns that state dict
 */
export function fillWithReference(model: LayersModel): StateDict {
  const dict = new Map<string, StateTensor>();
  for (const weight of model.weights) {
    const name = referenceName(weight.originalName);
    const { shape, data } = parameter(name, torchShape(weight.shape as number[]));
    dict.set(name, { dtype: 'float32', shape, data: data as Float32Array<ArrayBuffer> });
  }
  loadStateDict(model, dict);
  return dict;
}

/** Shape that PyTorch gives a weight of ours: OIHW for HWIO, [out,in] for [in,out]. */
function torchShape(shape: number[]): number[] {
  const [a, b, c, d] = shape as [number, number, number, number];
  if (shape.length === 4) return [d, c, a, b];
  return shape.length === 2 ? [b, a] : shape;
}

/** The golden's images: 8×8 tiles enlarged to the size, plus noise. [B,S,S,3] */
export function referenceImages(name: string, batch: number, size: number): tf.Tensor4D {
  return tf.tidy(() => {
    const tiles = toNHWC(signal(`${name}.tiles`, [batch, 3, 8, 8]));
    const noise = toNHWC(signal(`${name}.noise`, [batch, 3, size, size]));
    const times = size / 8;
    const repeated = tf.tile(tf.reshape(tiles, [batch, 8, 1, 8, 1, 3]), [1, 1, times, 1, times, 1]);
    return tf.add(tf.reshape(repeated, [batch, size, size, 3]), tf.mul(noise, 0.25)) as tf.Tensor4D;
  });
}

/** Picks the golden's samples out of a tensor of ours, as {@link Values} beside the expected ones. */
export function atSamples(
  tensor: tf.Tensor,
  sampled: Sampled,
): { actual: Values; expected: Values } {
  const torch = tf.tidy(() => toTorch(tensor, sampled.shape));
  const data = torch.dataSync();
  torch.dispose();
  const shape = [sampled.index.length];
  return {
    actual: { shape, data: sampled.index.map((i) => data[i] as number) },
    expected: { shape, data: sampled.value },
  };
}

/** A map [B,H,W,C] as [B,C,H,W], a kernel as OIHW, whichever has the golden's shape. */
function toTorch(tensor: tf.Tensor, shape: number[]): tf.Tensor {
  if (tensor.rank === 2) return tf.transpose(tensor);
  if (tensor.rank !== 4) return tf.clone(tensor);
  const map = tf.transpose(tensor, [0, 3, 1, 2]);
  return map.shape.join() === shape.join() ? map : tf.transpose(tensor, [3, 2, 0, 1]);
}

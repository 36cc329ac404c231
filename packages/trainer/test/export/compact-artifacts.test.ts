import { resnet } from '@fbsd/backbones';
import { attachFBSD } from '@fbsd/fbsd';
import { describeBackends, expectClose } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  loadLayersModel,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { quantizeWeights } from '../../src/export/quantize-weights.ts';
import { compactArtifacts, STORED_WEIGHTS, type StoredWeights } from '../../src/index.ts';
import { asTrained, logitsOf } from '../support/logits.ts';

/** What plain tfjs makes of a model, by way of JSON, as `model.json` is written. */
async function loaded({ weightData, ...json }: tf.io.ModelArtifacts): Promise<LayersModel> {
  const read = JSON.parse(JSON.stringify(json));
  return loadLayersModel({ load: async () => ({ ...read, weightData }) });
}

/** A model of one dense layer. */
function withKernel(kernel: ArrayLike<number>, bias = 0.3): LayersModel {
  const x = input({ shape: [kernel.length] });
  const dense = layers.dense({ units: 1, name: 'dense' });
  const net = model({ inputs: x, outputs: dense.apply(x) as SymbolicTensor });
  const values = Float32Array.from(kernel);
  dense.setWeights([tf.tensor2d(values, [values.length, 1]), tf.tensor1d([bias])]);
  return net;
}

/** The kernel of one dense layer, stored as `weights` and read by tfjs. */
async function restored(kernel: ArrayLike<number>, weights: StoredWeights) {
  const artifacts = await compactArtifacts(withKernel(kernel), { weights });
  const [read, bias] = (await loaded(artifacts)).getWeights() as [tf.Tensor, tf.Tensor];
  expect(bias.dataSync()).toEqual(Float32Array.of(0.3));
  return {
    values: read.dataSync<'float32'>(),
    spec: artifacts.weightSpecs?.[0] as tf.io.WeightsManifestEntry,
    bytes: (artifacts.weightData as ArrayBuffer).byteLength,
  };
}

const NETWORKS = {
  FBSD: () =>
    attachFBSD(
      resnet({ name: 'small', block: 'basic', depths: [1, 1, 1], width: 8, seed: 5 }).model({
        inputShape: [33, 33, 3],
      }),
      {
        classes: 4,
        taps: [1, 2, 3].map((level) => ({ after: `layer${level}.0.bn2`, parts: 3 })),
        topK: 3,
        convWidths: [16, 24],
        hiddenUnits: 16,
        seed: 5,
      },
    ),
  'a ResNet of bottlenecks': () =>
    resnet({ name: 'small', block: 'bottleneck', depths: [1, 1], width: 8, seed: 5 }).classifier({
      inputShape: [33, 33, 3],
      classes: 4,
    }),
};
/** How far the logits may go, as a part of the largest. */
const BOUND = { float32: 2e-5, uint16: 2e-4, float16: 2e-3, uint8: 0.05 } as const;

describeBackends('compactArtifacts', () => {
  test.each(Object.entries(NETWORKS))('of %s: nearly the same logits', async (_, network) => {
    const net = asTrained(network());
    const expected = logitsOf(net);
    const largest = tf.max(tf.abs(expected)).dataSync()[0] as number;
    const before = tf.memory().numTensors;
    const bytes: number[] = [];
    for (const weights of STORED_WEIGHTS) {
      const artifacts = await compactArtifacts(net, { weights });
      expect(tf.memory().numTensors).toBe(before);
      const small = await loaded(artifacts);
      expect(small.countParams()).toBeLessThan(net.countParams());
      const logits = logitsOf(small);
      expectClose(logits, expected, { rtol: 0, atol: BOUND[weights] * largest });
      if (weights !== 'float32') expect(logits.dataSync()).not.toEqual(expected.dataSync());
      bytes.push((artifacts.weightData as ArrayBuffer).byteLength);
      tf.dispose(logits);
      small.dispose();
    }
    expect(bytes[1]).toBe(bytes[2]); // uint16 and float16
    expect((bytes[2] as number) / (bytes[0] as number)).toBeLessThan(0.53);
    expect((bytes[3] as number) / (bytes[0] as number)).toBeLessThan(0.3);
    tf.dispose(expected);
    net.dispose();
  });
});

describe('compactArtifacts', () => {
  beforeAll(() => tf.setBackend('cpu'));

  test.each([
    ['uint8', 255],
    ['uint16', 65535],
  ] as const)('%s is within half a step of the range of the values', async (weights, steps) => {
    // Far from 0 a range that is made to include it would have steps six times as long.
    const kernel = Float32Array.from({ length: 501 }, (_, i) => 1.2 + 0.1 * Math.sin(i * i));
    const { values, spec, bytes } = await restored(kernel, weights);
    const { min, scale, ...stored } = spec.quantization as Required<typeof spec>['quantization'];
    expect(stored).toEqual({ dtype: weights, original_dtype: 'float32' });
    expect(min).toBe(Math.min(...kernel));
    expect(scale).toBeCloseTo((Math.max(...kernel) - Math.min(...kernel)) / steps, 12);
    expect(bytes).toBe(501 * (weights === 'uint8' ? 1 : 2) + 4);
    const rounding = 2 ** -23; // of a float32 between 1 and 2
    values.forEach((value, i) => {
      const error = Math.abs(value - (kernel[i] as number));
      expect(error).toBeLessThanOrEqual((scale as number) / 2 + rounding);
    });
    expect(new Set(values).size).toBeGreaterThan(100);
    expect(Math.max(...values)).toBeCloseTo(Math.max(...kernel), 6); // the ends stay
  });

  test('float16 is the nearest one, of two as near the even one', async () => {
    // All that there are from 0 to 65504, by their bits.
    const all = Float64Array.from({ length: 0x7c00 }, (_, bits) =>
      bits < 0x400 ? bits * 2 ** -24 : (1 + (bits & 0x3ff) / 1024) * 2 ** ((bits >> 10) - 15),
    );
    const nearest = (value: number) => {
      const above = all.findIndex((one) => one >= Math.abs(value));
      if (above === 0) return 0;
      const from = above < 0 ? all.length - 1 : above;
      const [low, high] = [all[from - 1] as number, all[from] as number];
      const [toLow, toHigh] = [Math.abs(value) - low, high - Math.abs(value)];
      const down = toLow < toHigh || (toLow === toHigh && (from - 1) % 2 === 0);
      return Math.sign(value) * (down ? low : high);
    };
    const halfway = [1, 2, 0x3fe, 0x3ff, 0x400, 0x3c00, 0x3c01, 0x7bfe].map(
      (bits) => ((all[bits] as number) + (all[bits + 1] as number)) / 2,
    );
    const spread = Array.from({ length: 200 }, (_, i) => Math.sin(i) * 2 ** (i / 5 - 25));
    const extremes = [0, 65504, -65519.99, 2 ** -24, 2 ** -25, 2 ** -26, -(2 ** -14)];
    const kernel = Float32Array.from([...halfway, ...spread, ...extremes]);
    const { values, spec } = await restored(kernel, 'float16');
    expect(spec.quantization).toEqual({ dtype: 'float16', original_dtype: 'float32' });
    expect(Array.from(values, (value) => value + 0)).toEqual(
      Array.from(kernel, (value) => nearest(value) + 0), // −0 is 0
    );
    expect(values[values.length - 6]).toBe(65504);
  });

  test('values that are all the same stay what they are', async () => {
    for (const weights of ['uint8', 'uint16'] as const) {
      for (const value of [0, -0.1, 1e-30, 3e30]) {
        const { values } = await restored([value, value, value], weights);
        expect(values).toEqual(Float32Array.of(value, value, value));
      }
    }
  });

  test('ranges of any size are met', async () => {
    for (const size of [1e-42, 1e-30, 3e38]) {
      const { values } = await restored([-size, size, 0], 'uint8');
      expect(values.slice(0, 2)).toEqual(Float32Array.of(-size, size));
      expect(Math.abs(values[2] as number)).toBeLessThanOrEqual(size / 255 + 2 ** -149);
    }
  });

  test('what is no kernel of floats stays as it is, also whole numbers and booleans', async () => {
    const net = withKernel([0.1, -0.7]);
    const [kernel, bias] = net.getWeights() as [tf.Tensor, tf.Tensor];
    // Stock layers have floats alone, others may have what they like.
    const counts = tf.tensor2d([[1, -2, 300_000]], [1, 3], 'int32');
    const mask = tf.tensor2d([[1, 0, 1]], [1, 3], 'bool');
    const named = [kernel, bias, counts, mask].map((tensor, i) => ({ name: `w${i}`, tensor }));
    const { data, specs } = await tf.io.encodeWeights(named);
    for (const type of STORED_WEIGHTS) {
      const { weightSpecs, weightData } = quantizeWeights(specs, data, type);
      expect(weightSpecs.slice(1)).toEqual(specs.slice(1));
      const read = tf.io.decodeWeights(weightData, weightSpecs);
      for (const [name, { tensor }] of Object.entries(named).slice(1)) {
        const one = read[`w${name}`] as tf.Tensor;
        expect([one.dtype, one.shape, one.dataSync()]).toEqual([
          tensor.dtype,
          tensor.shape,
          tensor.dataSync(),
        ]);
      }
    }
  });

  test('refuses what a type cannot hold, by the name of the weight', async () => {
    const of = (value: number, weights: StoredWeights) =>
      compactArtifacts(withKernel([0.5, value]), { weights });
    await expect(of(-65520, 'float16')).rejects.toThrow(
      'compactArtifacts: dense/kernel holds values up to 65520, and float16 ends at 65504. Take float32 or uint16.',
    );
    const { weightData: codes, weightSpecs: specs = [] } = await of(1e6, 'uint16');
    const kernel = tf.io.decodeWeights(codes as ArrayBuffer, specs)['dense/kernel'] as tf.Tensor;
    expectClose(kernel, { shape: kernel.shape, data: [0.5, 1e6] }, { rtol: 1e-6, atol: 1e-3 });
    for (const weights of ['float16', 'uint16', 'uint8'] as const) {
      await expect(of(Number.NaN, weights)).rejects.toThrow('dense/kernel holds NaN');
      await expect(of(Number.NEGATIVE_INFINITY, weights)).rejects.toThrow('holds -Infinity');
    }
    const { weightData } = await of(Number.NaN, 'float32');
    expect(new Float32Array(weightData as ArrayBuffer)[1]).toBeNaN();
  });

  test('refuses a type that there is not, and what is no model', async () => {
    const before = tf.memory().numTensors;
    const net = withKernel([1]);
    await expect(compactArtifacts(net, { weights: 'int8' as 'uint8' })).rejects.toThrow(
      'weights must be one of float32, uint16, float16, uint8; got "int8"',
    );
    await expect(compactArtifacts({} as LayersModel, { weights: 'uint8' })).rejects.toThrow(
      'foldBatchNorms',
    );
    net.dispose();
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before + 2);
  });
});

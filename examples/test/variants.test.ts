import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { selectBackend } from '@fbsd/cli';
import { BACKENDS } from '@fbsd/testing';
import type { Dataset } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { accuracyOf, fineTune } from '../insert/fine-tune.ts';
import { mobileNetV2 } from '../insert/mobilenet-v2.ts';
import { variantsOf } from '../insert/variants.ts';

const KERAS = '../../packages/fbsm-layer/test/fixtures/mobilenetv2_0.35_96.json';
const TAPS = [
  { after: 'block_1_expand_relu', parts: 4 },
  { after: 'out_relu', parts: 2 },
];
const small = () =>
  mobileNetV2({ imageSize: 64, width: 0.1, blocks: 1, lastChannels: 16, seed: 3 });

beforeAll(async () => {
  await selectBackend(BACKENDS[1]);
});

describe('mobileNetV2', () => {
  test('has the layers of the one that Keras wrote, by name, shape and parameters', async () => {
    const modelTopology = JSON.parse(readFileSync(new URL(KERAS, import.meta.url), 'utf8'));
    const keras = await loadLayersModel(tf.io.fromMemory({ modelTopology }));
    const ours = mobileNetV2({ imageSize: 96, width: 0.35, seed: 1 });
    for (const layer of ours.layers.slice(1)) {
      const theirs = keras.getLayer(layer.name);
      expect([layer.name, layer.outputShape]).toEqual([layer.name, theirs.outputShape]);
      expect(layer.countParams()).toBe(theirs.countParams());
    }
    const counted = (net: LayersModel) => net.layers.filter((layer) => layer.weights.length > 0);
    expect(counted(ours)).toHaveLength(counted(keras).length - 1); // without its classifier
    tf.disposeVariables();
  });
});

describe('variants', () => {
  test('start from the same weights and learn apart', async () => {
    const base = small();
    const variants = variantsOf(base, { taps: TAPS, classes: 2, seed: 1 });
    const kernels = () =>
      variants.map(({ model }) => model.getLayer('Conv1').getWeights()[0]?.dataSync().slice());
    const [before, ...others] = kernels();
    for (const other of others) expect(other).toEqual(before);
    expect(variants.map(({ model }) => model.outputs.length)).toEqual([1, 2, 3]);

    const samples = ['source.jpg', 'gray.jpg', 'source.jpg', 'gray.jpg'].map((file, id) => ({
      id,
      file,
      label: id % 2,
      path: fileURLToPath(
        new URL(`../../packages/datasets/test/fixtures/images/${file}`, import.meta.url),
      ),
    }));
    const names = {
      classNames: ['colour', 'gray'],
      partNames: [],
      warnings: [],
      name: '',
      root: '',
    };
    const dataset: Dataset = { ...names, train: samples, test: samples };
    const tuning = { epochs: 12, batchSize: 4, imageSize: 64, learningRate: 0.01, seed: 1 };
    for (const variant of variants) {
      const losses: number[] = [];
      await fineTune(variant, dataset, tuning, (_, loss) => losses.push(loss));
      expect(losses).toHaveLength(12);
      expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] as number));
      expect([0, 0.5, 1]).toContain(await accuracyOf(variant, dataset, tuning));
    }
    for (const after of kernels()) expect(after).not.toEqual(before);
    expect(base.getLayer('Conv1').getWeights()[0]?.dataSync()).toEqual(before);
  });
});

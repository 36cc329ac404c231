import { insertFBSM, type Tap } from '@fbsd/fbsm';
import { expectClose, uniform } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layerPaths } from '../src/graph.ts';
import { predict, randomInputs, reloaded } from './support/models.ts';
import { randomModel } from './support/random-model.ts';

const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);
const OPTIONS = { keepOutputs: true, allowBypass: true };

/** One to three taps of a model; names that cannot be tapped are passed over. */
function randomTaps(original: LayersModel, seed: number): Tap[] {
  const paths = layerPaths(original)
    .map((after, i) => ({ after, order: uniform(`taps ${seed}`, i) }))
    .sort((a, b) => a.order - b.order);
  const taps: Tap[] = [];
  for (const { after } of paths) {
    const more = [...taps, { after, parts: 2, alpha: 0, beta: 0 }];
    try {
      insertFBSM(original, more, { ...OPTIONS, copy: true }).dispose();
    } catch (error) {
      if (error instanceof RangeError) continue; // several outputs, or the map of another tap
      throw error;
    }
    taps.push(...more.slice(-1));
    if (taps.length > seed % 3) break;
  }
  return taps;
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

afterEach(() => tf.disposeVariables());

describe('insertFBSM into random graphs', () => {
  test('they have what makes graphs hard', () => {
    const models = SEEDS.map(randomModel);
    const count = (has: (layer: LayersModel['layers'][number], net: LayersModel) => boolean) =>
      models.filter((net) => net.layers.some((layer) => has(layer, net))).length;
    expect(count(({ inboundNodes }) => inboundNodes.length > 1)).toBeGreaterThan(10);
    expect(count((layer) => layer.getClassName() === 'Model')).toBeGreaterThan(10);
    expect(count((layer) => layer.getClassName() === 'Concatenate')).toBeGreaterThan(10);
    expect(models.filter(({ inputs }) => inputs.length > 1).length).toBeGreaterThan(10);
    expect(models.filter(({ outputs }) => outputs.length > 1).length).toBeGreaterThan(10);
  });

  test.each(SEEDS)('without boosting and suppressing nothing changes: %d', async (seed) => {
    const original = randomModel(seed);
    const inputs = randomInputs(original, seed + 1);
    const before = predict(original, inputs);
    const taps = randomTaps(original, seed);
    expect(taps.length).toBeGreaterThan(0);

    const idle = insertFBSM(original, taps, { ...OPTIONS, copy: seed % 4 === 0 });
    const outputs = predict(idle, inputs);
    outputs.slice(-before.length).forEach((output, i) => {
      expect(output.dataSync()).toEqual((before[i] as tf.Tensor).dataSync());
    });
    predict(await reloaded(idle), inputs).forEach((output, i) => {
      expectClose(output, outputs[i] as tf.Tensor, { rtol: 1e-6 });
    });

    const suppressing = insertFBSM(
      original,
      taps.map((tap) => ({ ...tap, beta: 1 })),
      OPTIONS,
    );
    const changed = predict(suppressing, inputs).slice(-before.length);
    const same = changed.map(
      (output, i) => output.dataSync().join() === before[i]?.dataSync().join(),
    );
    expect(same).toContain(false);
    predict(original, inputs).forEach((output, i) => {
      expect(output.dataSync()).toEqual((before[i] as tf.Tensor).dataSync());
    });
  });
});

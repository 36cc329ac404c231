import { fbsd } from '@fbsd/fbsd';
import type { FBSM } from '@fbsd/fbsm';
import { describeBackends, expectClose, signal, toTensor } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, loadLayersModel, model } from '@tensorflow/tfjs-layers';
import { type Inspection, inspectImages } from '../../src/explain/inspect-images.ts';
import { CLASSES, SIDE, smallModel } from '../support/small-model.ts';

const BATCH = 3;

/** Runs the model up to the FBSM of that name. @returns its input, and its boosted and suppressed maps */
function outputsOf(net: LayersModel, name: string, images: tf.Tensor): tf.Tensor[] {
  const layer = net.getLayer(name);
  const outputs = [layer.input, ...(layer.output as ReturnType<typeof input>[])];
  return model({ inputs: net.inputs, outputs: outputs as ReturnType<typeof input>[] }).predict(
    images,
  ) as tf.Tensor[];
}

async function reloaded(net: LayersModel): Promise<LayersModel> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await net.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(saved) };
    }),
  );
  return loadLayersModel(tf.io.fromMemory(artifacts as tf.io.ModelArtifacts));
}

const level = (inspection: Inspection | undefined, i: number) => {
  const found = inspection?.levels[i];
  if (!found) throw new Error(`no level ${i}`);
  return found;
};

describeBackends('inspectImages', () => {
  let images: tf.Tensor4D;
  beforeAll(() => {
    images = toTensor<tf.Tensor4D>(signal('inspect.images', [BATCH, SIDE, SIDE, 3]));
  });
  afterAll(() => images.dispose());

  describe('values', () => {
    test('the predictions are those of the model', async () => {
      const net = smallModel();
      const inspections = await inspectImages(net, images);
      tf.tidy(() => {
        const logits = net.predict(images) as tf.Tensor[];
        const sum = tf.addN(logits);
        const stacked = (of: (i: Inspection) => number[]) => tf.tensor2d(inspections.map(of));
        logits.forEach((z, head) => {
          expectClose(
            stacked(({ heads }) => heads[head] as number[]),
            tf.softmax(z),
          );
        });
        expectClose(
          stacked(({ combined }) => combined),
          tf.softmax(sum),
        );
        expect(inspections.map(({ predicted }) => predicted)).toEqual([
          ...tf.argMax(sum, 1).dataSync(),
        ]);
      });
    });

    test.each(['height', 'width'] as const)(
      'along the %s they say what the layers do',
      async (axis) => {
        const net = smallModel({ axis });
        const inspections = await inspectImages(net, images);
        expect(inspections).toHaveLength(BATCH);
        for (const [i, name] of ['first', 'second'].entries()) {
          const [x, boosted, suppressed] = outputsOf(net, name, images).map((t) => t.arraySync());
          inspections.forEach((inspection, b) => {
            const { strips, probabilities, suppressed: losers, heatMap } = level(inspection, i);
            const side = heatMap.height;
            expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
            strips.forEach(({ start, end }, strip) => {
              for (let along = Math.round(start * side); along < Math.round(end * side); along++) {
                const at = axis === 'height' ? [along, 1] : [1, along];
                const channels = (map: unknown) =>
                  (map as number[][][][])[b]?.[at[0] as number]?.[at[1] as number] as number[];
                channels(x).forEach((value, c) => {
                  const boost = 1 + 0.7 * (probabilities[strip] as number);
                  const suppression = losers.includes(strip) ? 1 - 0.6 : 1;
                  expect(channels(boosted)[c]).toBeCloseTo(value * boost, 4);
                  expect(channels(suppressed)[c]).toBeCloseTo(value * suppression, 4);
                });
              }
            });
          });
        }
      },
    );

    test('the heat map is the norm of the boosted map, from 0 to 1', async () => {
      const net = smallModel();
      const inspections = await inspectImages(net, images);
      tf.tidy(() => {
        const boosted = outputsOf(net, 'first', images)[1] as tf.Tensor;
        const norms = tf.sqrt(tf.sum(tf.square(boosted), 3));
        const least = tf.min(norms, [1, 2], true);
        const most = tf.max(norms, [1, 2], true);
        const values = inspections.flatMap((i) => level(i, 0).heatMap.values);
        expectClose(
          tf.tensor3d(values, [BATCH, 7, 7]),
          tf.div(tf.sub(norms, least), tf.sub(most, least)),
          { atol: 1e-5 },
        );
      });
    });

    test('uneven strips are given as fractions of the map', async () => {
      const [inspection] = await inspectImages(smallModel({ parts: [3, 4] }), images);
      expect(level(inspection, 0)).toMatchObject({
        level: 1,
        layer: 'first',
        parts: 3,
        alpha: 0.7,
        beta: 0.6,
        axis: 'height',
        strips: [
          { start: 0, end: 2 / 7 },
          { start: 2 / 7, end: 4 / 7 },
          { start: 4 / 7, end: 1 },
        ],
      });
      expect(level(inspection, 1).strips.map(({ end }) => end)).toEqual([0.25, 0.5, 0.75, 1]);
    });

    test('all strips that tie are suppressed', async () => {
      const [inspection] = await inspectImages(smallModel({ kernelInitializer: 'zeros' }), images);
      expect(level(inspection, 0).suppressed).toEqual([0, 1, 2]);
      expect(level(inspection, 1).probabilities).toEqual([0.5, 0.5]);
    });

    test('says where the suppressed map is used', async () => {
      const [inspection] = await inspectImages(smallModel(), images);
      expect(inspection?.levels.map((l) => l.suppressedIsUsed)).toEqual([true, false]);
    });

    test('images may go through the model in several batches', async () => {
      const net = smallModel();
      const one = await inspectImages(net, images, { batchSize: 1 });
      const all = await inspectImages(net, images);
      const numbers = (inspections: Inspection[]) =>
        inspections.flatMap(({ combined, levels }) => [
          ...combined,
          ...levels.flatMap(({ probabilities, heatMap }) => [...probabilities, ...heatMap.values]),
        ]);
      expectClose(tf.tensor1d(numbers(one)), tf.tensor1d(numbers(all)), { atol: 1e-5 });
    });
  });

  test('a model that was loaded again gives the same', async () => {
    const net = smallModel();
    const again = await reloaded(net);
    expect(await inspectImages(again, images)).toEqual(await inspectImages(net, images));
  });

  test('of a layer that two models share, each use counts in its own model', async () => {
    const net = smallModel();
    const layer = net.getLayer('first') as FBSM;
    const other = input({ shape: [9, 9, 6] });
    const [boosted] = layer.apply(other);
    const outputs = layers.dense({ units: CLASSES }).apply(layers.flatten().apply(boosted));
    const second = model({ inputs: other, outputs: outputs as typeof other });
    expect((await inspectImages(net, images))[0]?.levels.map((l) => l.heatMap.height)).toEqual([
      7, 4,
    ]);
    const maps = toTensor<tf.Tensor4D>(signal('maps', [1, 9, 9, 6]));
    expect((await inspectImages(second, maps))[0]?.levels.map((l) => l.heatMap.height)).toEqual([
      9,
    ]);
  });

  test('leaves no tensor behind and the model as it was', async () => {
    const net = smallModel();
    const first = await inspectImages(net, images);
    const { numTensors } = tf.memory();
    const second = await inspectImages(net, images);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(second).toEqual(first);
    net.dispose();
    expect(() => net.predict(images)).toThrow(/disposed/);
  });

  describe('errors', () => {
    test('a model without an FBSM', async () => {
      const x = input({ shape: [SIDE, SIDE, 3] });
      const outputs = layers.dense({ units: 2 }).apply(layers.flatten().apply(x)) as typeof x;
      const plain = model({ inputs: x, outputs, name: 'plain' });
      await expect(inspectImages(plain, images)).rejects.toThrow(
        /inspectImages: expected a model with FBSM layers; got 'plain'.*Build it with/,
      );
    });

    test('outputs that are no logits', async () => {
      const net = smallModel();
      const maps = model({
        inputs: net.inputs,
        outputs: (net.getLayer('first') as FBSM).output as ReturnType<typeof input>[],
      });
      await expect(inspectImages(maps, images)).rejects.toThrow(
        /expected outputs that are logits.*\[null,7,7,6\], \[null,7,7,6\].*Add classifiers/,
      );
    });
  });
});

test('the FBSD model: three levels of 8, 4 and 2 strips, four heads', async () => {
  await tf.setBackend('wasm');
  const net = fbsd({ arch: 'mini', classes: 10, imageSize: 96, seed: 1 });
  const images = toTensor<tf.Tensor4D>(signal('fbsd.images', [2, 96, 96, 3]));
  const inspections = await inspectImages(net, images);
  const { numTensors } = tf.memory();
  expect(await inspectImages(net, images)).toEqual(inspections);
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(inspections).toHaveLength(2);
  for (const { heads, levels } of inspections) {
    expect(heads.map((head) => head.length)).toEqual([10, 10, 10, 10]);
    expect(levels.map((l) => [l.layer, l.strips.length, l.heatMap.width])).toEqual([
      ['fbsm1', 8, 12],
      ['fbsm2', 4, 6],
      ['fbsm3', 2, 3],
    ]);
    expect(levels.map((l) => l.suppressedIsUsed)).toEqual([true, true, false]);
  }
  images.dispose();
  net.dispose();
});

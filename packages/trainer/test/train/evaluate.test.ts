import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model as layersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import type { Batch } from '../../src/data/batches.ts';
import { evaluate } from '../../src/train/evaluate.ts';
import { predict } from '../../src/train/predict.ts';

const CLASSES = 7;
const HEADS = 4;
const PIXELS = 2 * 2 * 3;

const uniform = (n: number, seed: number) =>
  Array.from({ length: n }, (_, i) => Math.sin((i + 1) * 12.9898 * seed) % 1);

beforeAll(() => {
  tf.env().set('PROD', true);
  return tf.setBackend('cpu');
});

/** Four linear classifiers, and their weights. */
function linearModel() {
  const kernels = Array.from({ length: HEADS }, (_, h) => uniform(PIXELS * CLASSES, h + 2));
  const images = input({ shape: [2, 2, 3] });
  const flat = layers.flatten().apply(images) as SymbolicTensor;
  const outputs = kernels.map((kernel) => {
    const weights = [tf.tensor2d(kernel, [PIXELS, CLASSES])];
    return layers.dense({ units: CLASSES, useBias: false, weights }).apply(flat) as SymbolicTensor;
  });
  return { model: layersModel({ inputs: images, outputs }), kernels };
}

async function* batchesOf(pixels: number[][], labels: number[]): AsyncGenerator<Batch> {
  for (let i = 0; i < labels.length; i += 4) {
    const images = Float32Array.from(pixels.slice(i, i + 4).flat());
    const own = Int32Array.from(labels.slice(i, i + 4));
    yield { images, shape: [own.length, 2, 2, 3], labels: own, samples: [] };
  }
}

describe('evaluate', () => {
  test('losses, top-1 and top-5 of each head and of all, the confusion matrix', async () => {
    const { model, kernels } = linearModel();
    const pixels = Array.from({ length: 10 }, (_, i) => uniform(PIXELS, 31 + i));
    const labels = pixels.map((_, i) => (i * 3) % CLASSES);
    const before = tf.memory().numTensors;
    const seen: number[] = [];
    const result = await evaluate(model, batchesOf(pixels, labels), CLASSES, (n) => seen.push(n));
    expect(tf.memory().numTensors).toBe(before);
    expect(seen).toEqual([4, 8, 10]);

    // The same in plain numbers.
    const logits = pixels.map((x) => {
      const heads = kernels.map((kernel) =>
        Array.from({ length: CLASSES }, (_, k) =>
          x.reduce((sum, value, i) => sum + value * (kernel[i * CLASSES + k] as number), 0),
        ),
      );
      const sum = Array.from({ length: CLASSES }, (_, k) =>
        heads.reduce((total, z) => total + (z[k] as number), 0),
      );
      return [...heads, sum];
    });
    const order = (z: number[]) =>
      z.map((_, k) => k).sort((a, b) => (z[b] as number) - (z[a] as number));
    const share = (head: number, top: number) =>
      logits.filter((z, i) =>
        order(z[head] as number[])
          .slice(0, top)
          .includes(labels[i] as number),
      ).length / labels.length;
    const crossEntropy = (head: number) =>
      logits.reduce((sum, z, i) => {
        const row = z[head] as number[];
        const total = row.reduce((t, value) => t + Math.exp(value), 0);
        return sum + Math.log(total) - (row[labels[i] as number] as number);
      }, 0) / labels.length;

    expect(result.count).toBe(10);
    expect(result.accuracy).toBeCloseTo(share(HEADS, 1), 10);
    expect(result.top5).toBeCloseTo(share(HEADS, 5), 10);
    expect(result.top5).toBeGreaterThan(result.accuracy);
    for (let head = 0; head < HEADS; head++) {
      expect(result.heads[head]).toBeCloseTo(share(head, 1), 10);
      expect(result.headsTop5?.[head]).toBeCloseTo(share(head, 5), 10);
      expect(result.losses[head]).toBeCloseTo(crossEntropy(head), 4);
    }
    const loss = [2, 2, 2, 1].reduce((sum, weight, head) => sum + weight * crossEntropy(head), 0);
    expect(result.loss).toBeCloseTo(loss, 3);
    const confusion = Array.from({ length: CLASSES }, () => new Array<number>(CLASSES).fill(0));
    logits.forEach((z, i) => {
      const row = confusion[labels[i] as number] as number[];
      const predicted = order(z[HEADS] as number[])[0] as number;
      row[predicted] = (row[predicted] as number) + 1;
    });
    expect(result.confusion).toEqual(confusion);
    model.dispose();
  });

  /** One head's logits for each picture, in its first pixels, behind two heads that say the same. */
  async function evaluateLogits(rows: number[][], labels: number[]) {
    const classes = (rows[0] as number[]).length;
    const images = input({ shape: [2, 2, 3] });
    const flat = layers.flatten().apply(images) as SymbolicTensor;
    const kernel = tf.tensor2d(
      Array.from({ length: PIXELS }, (_, i) =>
        Array.from({ length: classes }, (_, k) => +(i === k)),
      ),
    );
    const outputs = [0, 1].map(
      () =>
        layers
          .dense({ units: classes, useBias: false, weights: [kernel] })
          .apply(flat) as SymbolicTensor,
    );
    const model = layersModel({ inputs: images, outputs });
    const pixels = rows.map((row) => [...row, ...new Array<number>(PIXELS - classes).fill(0)]);
    const result = await evaluate(model, batchesOf(pixels, labels), classes);
    model.dispose();
    kernel.dispose();
    return result;
  }

  test('of logits that are no number nothing is right: NaN, not the first class and not 100%', async () => {
    const good = [1, 2, 3, 4, 5, 6, 7];
    const result = await evaluateLogits([good, [Number.NaN, 1, 1, 1, 1, 1, 1], good], [6, 0, 6]);
    expect(result).toMatchObject({
      loss: Number.NaN,
      accuracy: Number.NaN,
      top5: Number.NaN,
      heads: [Number.NaN, Number.NaN],
      headsTop5: [Number.NaN, Number.NaN],
      count: 3,
    });
    expect(result.confusion[6]?.[6]).toBe(2);
    expect(result.confusion.flat().reduce((a, b) => a + b)).toBe(2);
  });

  test('a model that prefers no class is not right about all of them', async () => {
    const rows = Array.from({ length: 7 }, () => new Array<number>(7).fill(0.5));
    const result = await evaluateLogits(rows, [0, 1, 2, 3, 4, 5, 6]);
    expect(result.accuracy).toBeCloseTo(1 / 7, 10);
    expect(result.top5).toBeCloseTo(5 / 7, 10);
  });

  test('with flip: of the mean logits of each picture and its mirror image', async () => {
    const { model } = linearModel();
    const pixels = Array.from({ length: 6 }, (_, i) => uniform(PIXELS, 31 + i));
    const labels = pixels.map((_, i) => (i * 3) % CLASSES);
    const flip = true;
    const before = tf.memory().numTensors;
    const result = await evaluate(model, batchesOf(pixels, labels), CLASSES, undefined, { flip });
    expect(tf.memory().numTensors).toBe(before);
    // These classifiers are linear: the mean of both logits is the logit of the mean of both pictures.
    const mean = pixels.map((x) =>
      x.map((value, i) => (value + (x[i + (Math.floor(i / 3) % 2 === 0 ? 3 : -3)] as number)) / 2),
    );
    const expected = await evaluate(model, batchesOf(mean, labels), CLASSES);
    expect(result.losses.map((loss) => expect.closeTo(loss, 5))).toEqual(expected.losses);
    expect(result.loss).toBeCloseTo(expected.loss, 5);
    expect([result.accuracy, result.confusion]).toEqual([expected.accuracy, expected.confusion]);
    const plain = await evaluate(model, batchesOf(pixels, labels), CLASSES);
    expect(plain.loss).not.toBeCloseTo(expected.loss, 3);

    const pictures = (all: number[][]) => all.map((x) => Float32Array.from(x));
    const flipped = await predict(model, pictures(pixels), 2, 2, { flip });
    const ofMean = await predict(model, pictures(mean), 2, 2);
    expect(
      flipped.flat().map(({ label, probability }) => [label, expect.closeTo(probability, 5)]),
    ).toEqual(ofMean.flat().map(({ label, probability }) => [label, probability]));
    model.dispose();
  });

  test('within five of five classes says nothing', async () => {
    const few = await evaluateLogits([[1, 2, 3, 4, 5]], [0]);
    expect([few.top5, few.headsTop5]).toEqual([null, null]);
    const more = await evaluateLogits([[1, 2, 3, 4, 5, 6]], [0]);
    expect([more.top5, more.headsTop5]).toEqual([0, [0, 0]]);
  });

  test('predict refuses to name a class where the probabilities are no number', async () => {
    const images = input({ shape: [2, 2, 3] });
    const flat = layers.flatten().apply(images) as SymbolicTensor;
    const model = layersModel({
      inputs: images,
      outputs: layers.dense({ units: 3 }).apply(flat) as SymbolicTensor,
    });
    const picture = new Float32Array(PIXELS).fill(1);
    expect(await predict(model, [picture], 2, 1)).toHaveLength(1);
    const broken = picture.with(3, Number.NaN);
    await expect(predict(model, [picture, broken], 2, 1)).rejects.toThrow(
      'predict: expected finite probabilities from the model; got NaN.',
    );
    model.dispose();
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model as layersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import type { Batch } from '../../src/data/batches.ts';
import { evaluate } from '../../src/train/evaluate.ts';

const CLASSES = 7;
const HEADS = 4;
const PIXELS = 2 * 2 * 3;

const uniform = (n: number, seed: number) =>
  Array.from({ length: n }, (_, i) => Math.sin((i + 1) * 12.9898 * seed) % 1);

beforeAll(() => tf.setBackend('cpu'));

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
      expect(result.headsTop5[head]).toBeCloseTo(share(head, 5), 10);
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
});

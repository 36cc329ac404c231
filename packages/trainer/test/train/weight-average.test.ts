import { accelerate } from '@fbsd/kernels';
import { describeBackends, expectClose } from '@fbsd/testing';
import { type Checkpoint, SGD, train, WeightAverage } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { levelsModel } from '../support/levels-model.ts';
import { memoryDataset, memoryPictures as pictures } from '../support/memory-pictures.ts';
import { storeOf } from '../support/store.ts';

/** A weight, and moving statistics. */
function small(): LayersModel {
  const net = sequential();
  const dense = { name: 'dense', units: 1, useBias: false, inputShape: [1] };
  net.add(layers.dense({ ...dense, kernelInitializer: 'ones' }));
  net.add(layers.batchNormalization({ name: 'norm', center: false, scale: false }));
  return net;
}

const valuesOf = (net: LayersModel) => net.weights.map((w) => w.read().dataSync()[0] as number);

function setAll(net: LayersModel, value: number): void {
  for (const weight of net.weights) {
    const values = tf.fill(weight.shape as [], value);
    weight.write(values);
    values.dispose();
  }
}

describeBackends('WeightAverage', () => {
  test('is d·a + (1 − d)·w of every weight, running statistics too, d rising to the decay', async () => {
    const net = small();
    const average = new WeightAverage(net, { decay: 0.25 });
    const [kernel, mean, variance] = valuesOf(net) as [number, number, number];
    expect([kernel, mean, variance]).toEqual([1, 0, 1]);
    const before = tf.memory().numTensors;
    setAll(net, 3);
    average.update(1); // (1 + 1)/(10 + 1)
    setAll(net, 5);
    average.update(2); // the decay, as (1 + 2)/(10 + 2) is
    setAll(net, 7);
    average.update(3); // the decay: 4/13 is more
    expect(tf.memory().numTensors).toBe(before);
    const after = (start: number) => {
      let a = start;
      for (const [d, w] of [[2 / 11, 3] as const, [0.25, 5] as const, [0.25, 7] as const]) {
        a = d * a + (1 - d) * w;
      }
      return a;
    };
    await average.during(async () => {
      expectClose(
        { shape: [3], data: valuesOf(net) },
        { shape: [3], data: [after(1), after(0), after(1)] },
        { rtol: 1e-6 },
      );
    });
    expect(valuesOf(net)).toEqual([7, 7, 7]);
    average.dispose();
    expect(tf.memory().numTensors).toBe(before - 3);
    net.dispose();
  });

  test('goes on exactly from what a checkpoint keeps, and back after an error', async () => {
    const [net, twin] = [small(), small()];
    const average = new WeightAverage(net, { decay: 0.9 });
    setAll(net, 0.3);
    average.update(1);
    let resumed: WeightAverage | null = null;
    const failing = average.during(async (trainingWeights) => {
      twin.setWeights(net.getWeights()); // the averages, as the model of a checkpoint has them
      resumed = new WeightAverage(twin, { decay: 0.9 });
      resumed.resume(trainingWeights);
      throw new Error('the disk is full');
    });
    await expect(failing).rejects.toThrow('the disk is full');
    const other = resumed as unknown as WeightAverage;
    expect(valuesOf(twin)).toEqual(valuesOf(net));
    for (const [one, averages] of [[net, average] as const, [twin, other] as const]) {
      setAll(one, 0.7);
      averages.update(2);
    }
    const averagesOf = (one: LayersModel, averages: WeightAverage) =>
      averages.during(async () => valuesOf(one));
    expect(await averagesOf(twin, other)).toEqual(await averagesOf(net, average));
    for (const x of [average, other, net, twin]) x.dispose();
  });

  test('refuses a decay out of range, and weights of another model', () => {
    const net = small();
    expect(() => new WeightAverage(net, { decay: 1 })).toThrow('less than 1; got 1. Use 0.999');
    const average = new WeightAverage(net, { decay: 0.9 });
    expect(() => average.resume([])).toThrow(
      `the weight '${net.weights[0]?.originalName}' [1,1] that training goes on with; got none`,
    );
    average.dispose();
    net.dispose();
  });
});

describe('train with an average', () => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
    accelerate();
  });
  const dataset = memoryDataset(2, { train: 8, test: 4 });
  const rates = { newLearningRate: 0.01, pretrainedLearningRate: 0.01 };
  const weightsOf = (model: LayersModel) => model.weights.map((w) => [...w.read().dataSync()]);

  async function run(decay: number | null) {
    const model = levelsModel(2);
    const optimizer = new SGD(model, rates);
    const average = decay === null ? null : new WeightAverage(model, { decay });
    const kept: { name: string; model: number[][]; training: number[][] | undefined }[] = [];
    const store = storeOf((name, checkpoint: Checkpoint) =>
      kept.push({
        name,
        model: weightsOf(checkpoint.model),
        training: checkpoint.trainingWeights?.map(({ tensor }) => [...tensor.dataSync()]),
      }),
    );
    const args = { model, optimizer, average, dataset, pictures, imageSize: 32, batchSize: 4 };
    const before = tf.memory().numTensors;
    const { evaluation } = await train({ ...args, totalEpochs: 1, store });
    expect(tf.memory().numTensors - before).toBe(model.trainableWeights.length); // velocities
    const weights = weightsOf(model);
    for (const x of [optimizer, average, model]) x?.dispose();
    return { weights, evaluation, kept };
  }

  test('moves the weights as without, but tests and keeps the averages, and the weights beside them', async () => {
    const plain = await run(null);
    const averaged = await run(0.9);
    expect(averaged.weights).toEqual(plain.weights);
    expect(averaged.evaluation?.loss).not.toBe(plain.evaluation?.loss);
    expect(averaged.kept.map(({ name }) => name)).toEqual(['best', 'last']);
    for (const { model, training } of averaged.kept) {
      expect(training).toEqual(averaged.weights);
      expect(model).not.toEqual(training);
    }
    expect(plain.kept.every(({ training }) => training === undefined)).toBe(true);
    expect(plain.kept.every(({ model }) => model.join() === plain.weights.join())).toBe(true);
  });

  test('with a decay of 0 the averages are the weights', async () => {
    const plain = await run(null);
    const averaged = await run(0);
    expect(averaged.evaluation?.confusion).toEqual(plain.evaluation?.confusion);
    expect(averaged.evaluation?.loss).toBeCloseTo(plain.evaluation?.loss as number, 4);
  });
});

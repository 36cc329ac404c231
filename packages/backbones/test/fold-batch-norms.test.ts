import { batchNorm, foldBatchNorms, resnet } from '@fbsd/backbones';
import { expectClose, expectNoLeak, signal, toTensor } from '@fbsd/testing';
import { jest } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  loadLayersModel,
  model,
  sequential,
} from '@tensorflow/tfjs-layers';

type Symbolic = ReturnType<typeof input>;

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Weights and statistics as after some training: none is 0 or 1, variances are positive. */
function trained(net: LayersModel): LayersModel {
  for (const weight of net.weights) {
    tf.tidy(() => {
      const noise = tf.mul(toTensor(signal(weight.originalName, weight.shape as number[])), 0.5);
      weight.write(/gamma|variance/.test(weight.originalName) ? tf.add(noise, 1) : noise);
    });
  }
  return net;
}

function kinds(net: LayersModel): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const layer of net.layers) {
    const name = layer.getClassName();
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function expectSameOutputs(net: LayersModel, folded: LayersModel): void {
  tf.tidy(() => {
    const images = net.inputs.map(({ name, shape }) =>
      toTensor(signal(name, [2, ...(shape.slice(1) as number[])])),
    );
    const expected = [net.predict(images)].flat();
    const actual = [folded.predict(images)].flat();
    expect(actual.length).toBe(expected.length);
    actual.forEach((y, i) => {
      expectClose(y, expected[i] as tf.Tensor, { rtol: 1e-4, atol: 1e-5 });
    });
  });
}

const size = (shape: readonly (number | null)[]) => tf.util.sizeFromShape(shape as number[]);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** What a saved model comes to. */
async function loadedAgain(net: LayersModel): Promise<LayersModel> {
  let artifacts: tf.io.ModelArtifacts = {};
  await net.save({
    save: async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(saved) };
    },
  });
  return loadLayersModel({ load: async () => artifacts });
}

const small = () =>
  resnet({ name: 'small', block: 'bottleneck', depths: [1, 2], width: 4, stemSize: 3 });
const classifier = () => trained(small().classifier({ inputShape: [32, 32, 3], classes: 5 }));

describe('foldBatchNorms', () => {
  test('of a ResNet: every norm goes, residuals are added by themselves', () => {
    const net = classifier();
    const folded = foldBatchNorms(net);
    expect(kinds(net)).toMatchObject({ FbsdBatchNorm: 12, Conv2D: 12 });
    expect(kinds(folded)).not.toHaveProperty('FbsdBatchNorm');
    expect(kinds(folded)).toMatchObject({ Conv2D: 12, Add: 3, Activation: 3 });
    expect(folded.countParams()).toBeLessThan(net.countParams());
    expectSameOutputs(net, folded);
  });

  test('with residuals: convolutions add them, in a layer that a saved model keeps', async () => {
    const net = classifier();
    const folded = foldBatchNorms(net, { residuals: true });
    expect(kinds(folded)).toMatchObject({ Conv2D: 9, FbsdResidualConv2D: 3 });
    for (const gone of ['FbsdBatchNorm', 'Add']) expect(kinds(folded)).not.toHaveProperty(gone);
    expect(folded.countParams()).toBe(foldBatchNorms(net).countParams());
    expectSameOutputs(net, folded);
    expectSameOutputs(net, await loadedAgain(folded));
  });

  test.each([true, false])(
    'only without dispose the model and its copy are in memory at once: %p',
    (dispose) => {
      const net = classifier();
      const images = toTensor(signal('images', [2, 32, 32, 3]));
      const expected = net.predict(images) as tf.Tensor;
      const before = tf.memory().numBytes;
      let most = 0;
      const { setWeights } = layers.Layer.prototype;
      const spy = jest.spyOn(layers.Layer.prototype, 'setWeights').mockImplementation(function (
        this: layers.Layer,
        weights,
      ) {
        most = Math.max(most, tf.memory().numBytes);
        setWeights.call(this, weights);
      });
      const folded = foldBatchNorms(net, { dispose });
      spy.mockRestore();
      const largest = Math.max(
        ...folded.layers.map(({ weights }) => 4 * sum(weights.map(({ shape }) => size(shape)))),
      );
      if (dispose) expect(most - before).toBeLessThanOrEqual(2 * largest);
      else expect(most - before).toBeGreaterThan(3 * folded.countParams());
      expectClose(folded.predict(images) as tf.Tensor, expected, { rtol: 1e-4, atol: 1e-5 });
      for (const weight of net.weights) {
        if (dispose) expect(() => weight.read()).toThrow('is already disposed');
      }
    },
  );

  test('refuses a layer of a class that is not registered', () => {
    class Unknown extends layers.Layer {
      static className = 'Unknown';
    }
    const net = sequential({ layers: [new Unknown({ inputShape: [2], name: 'mine' })] });
    expect(() => foldBatchNorms(net)).toThrow(
      'the class Unknown of layer mine is not known. Call tf.serialization.registerClass(Unknown) first.',
    );
  });

  test("of tf.layers' own, after convolutions, depthwise ones and dense layers, with a bias or not", () => {
    const net = trained(
      sequential({
        layers: [
          layers.conv2d({ inputShape: [9, 8, 3], filters: 4, kernelSize: 3, useBias: false }),
          layers.batchNormalization({ scale: false }),
          layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, useBias: false }),
          layers.batchNormalization({ axis: 3, epsilon: 0.01 }),
          layers.reLU({ maxValue: 6 }),
          layers.conv2d({ filters: 5, kernelSize: 1 }),
          layers.batchNormalization({ center: false, axis: [3] as unknown as number }), // as TensorFlow 2 saved it
          layers.flatten(),
          layers.dense({ units: 6 }),
          batchNorm({ activation: 'relu' }),
          layers.dense({ units: 2, activation: 'softmax' }),
        ],
      }),
    );
    const folded = foldBatchNorms(net);
    expect(kinds(folded)).toEqual({
      InputLayer: 1,
      Conv2D: 2,
      DepthwiseConv2D: 1,
      ReLU: 1,
      Flatten: 1,
      Dense: 2,
    });
    expectSameOutputs(net, folded);
  });

  test('leaves what it cannot fold', () => {
    const x = input({ shape: [6, 6, 2], name: 'x' });
    const conv = (args: object = {}) =>
      layers.conv2d({ filters: 2, kernelSize: 1, padding: 'same', ...args });
    const shared = conv();
    const normTwice = batchNorm();
    const readTwice = conv().apply(x) as Symbolic;
    const output = conv().apply(x) as Symbolic;
    const maps = [
      batchNorm().apply(conv({ activation: 'relu' }).apply(x)),
      batchNorm().apply(shared.apply(x)),
      shared.apply(x),
      normTwice.apply(conv().apply(x)),
      normTwice.apply(conv().apply(x)),
      batchNorm().apply(readTwice),
      readTwice,
      batchNorm().apply(output),
      layers.batchNormalization({ axis: 1 }).apply(conv().apply(x)),
      batchNorm().apply(layers.maxPooling2d({ poolSize: 1 }).apply(x)),
    ] as Symbolic[];
    const sum = layers.add().apply(maps) as Symbolic;
    const net = trained(model({ inputs: x, outputs: [sum, output] }));
    const folded = foldBatchNorms(net);
    expect(kinds(folded)).toEqual(kinds(net));
    expectSameOutputs(net, folded);
  });

  test('a norm whose map is an output, or is read by several', () => {
    const x = input({ shape: [6, 6, 3], name: 'x' });
    const conv = layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', name: 'conv' });
    const map = batchNorm({ activation: 'relu', name: 'norm' }).apply(conv.apply(x)) as Symbolic;
    const sum = layers.add().apply([map, x]) as Symbolic;
    const net = trained(model({ inputs: x, outputs: [sum, map] }));
    const folded = foldBatchNorms(net);
    expect(kinds(folded)).not.toHaveProperty('FbsdBatchNorm');
    expectSameOutputs(net, folded);
  });

  test('the copy has weights of its own, the model is as it was', () => {
    const net = classifier();
    const before = net.layers.map(({ name }) => name);
    const folded = foldBatchNorms(net);
    const images = toTensor(signal('images', [1, 32, 32, 3]));
    const expected = (folded.predict(images) as tf.Tensor).dataSync();
    for (const weight of net.weights) weight.write(tf.zeros(weight.shape as number[]));
    expect((folded.predict(images) as tf.Tensor).dataSync()).toEqual(expected);
    expect(net.layers.map(({ name }) => name)).toEqual(before);
    net.dispose();
    folded.dispose();
  });

  test('carries what was recorded in the model', () => {
    const net = classifier();
    expect(foldBatchNorms(net).getUserDefinedMetadata()).toBeUndefined();
    net.setUserDefinedMetadata({ classes: ['robin', 'wren'] });
    expect(foldBatchNorms(net).getUserDefinedMetadata()).toEqual({ classes: ['robin', 'wren'] });
  });

  test('is loaded again', async () => {
    const net = classifier();
    expectSameOutputs(net, await loadedAgain(foldBatchNorms(net)));
  });

  test('leaves no tensor behind', () => {
    const net = classifier();
    expectNoLeak(() => {
      foldBatchNorms(net).dispose();
      return [];
    });
  });
});

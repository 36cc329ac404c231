import { batchNorm, DenseLayer, denseLayer } from '@fbsd/backbones';
import { accelerate, variableGradients } from '@fbsd/kernels';
import {
  checkGradients,
  checkLayer,
  describeBackends,
  expectClose,
  expectNoLeak,
  signal,
  toTensor,
} from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';

const SHAPES = [
  [5, 6, 3],
  [5, 6, 2],
  [5, 6, 4],
] as const;
const GROWTH = 3;
const BATCH = 2;

/** The same layer made of the layers that it stands for. */
function composed(): LayersModel {
  const maps = SHAPES.map((shape) => input({ shape: [...shape] }));
  const half = (x: SymbolicTensor, number: number, filters: number, kernelSize: number) => {
    const norm = batchNorm({ name: `norm${number}`, activation: 'relu' });
    const name = `conv${number}`;
    const conv = layers.conv2d({ name, filters, kernelSize, padding: 'same', useBias: false });
    return conv.apply(norm.apply(x) as SymbolicTensor) as SymbolicTensor;
  };
  const together = layers.concatenate().apply(maps) as SymbolicTensor;
  const outputs = half(half(together, 1, 4 * GROWTH, 1), 2, GROWTH, 3);
  return model({ inputs: maps, outputs });
}

function single(args: { trainable?: boolean } = {}): LayersModel {
  const maps = SHAPES.map((shape) => input({ shape: [...shape] }));
  const outputs = denseLayer({ growth: GROWTH, name: 'dense', ...args }).apply(maps);
  return model({ inputs: maps, outputs: outputs as SymbolicTensor });
}

/** A weight's name without the layer's: `norm1/gamma`. */
const nameOf = (weight: LayersModel['weights'][number]) =>
  weight.originalName.replace('dense/', '');

function fill(net: LayersModel): LayersModel {
  for (const weight of net.weights) {
    const name = nameOf(weight);
    const shift = /gamma|variance/.test(name) ? 1.5 : 0;
    tf.tidy(() => {
      weight.write(tf.add(toTensor(signal(name, weight.shape as number[])), shift));
    });
  }
  return net;
}

const makeMaps = () => SHAPES.map((shape, i) => toTensor(signal(`map${i}`, [BATCH, ...shape])));

describeBackends('DenseLayer', () => {
  beforeAll(() => {
    accelerate();
  });
  afterAll(() => accelerate().restore());

  describe('shape', () => {
    test('adds the two norms and convolutions as weights, named as in torchvision', () => {
      const net = single();
      expect(net.trainableWeights.map(nameOf)).toEqual([
        'norm1/gamma',
        'norm1/beta',
        'conv1/kernel',
        'norm2/gamma',
        'norm2/beta',
        'conv2/kernel',
      ]);
      const statistics = ['norm1', 'norm2'].flatMap((norm) => [
        `${norm}/moving_mean`,
        `${norm}/moving_variance`,
      ]);
      expect(net.nonTrainableWeights.map(nameOf)).toEqual(statistics);
      expect(net.outputs[0]?.shape).toEqual([null, 5, 6, GROWTH]);
      net.dispose();
    });
    test.each([[[[6, 4, 3]]], [SHAPES]])('conforms for inputs %j', async (shapes) => {
      await checkLayer(() => denseLayer({ growth: 2, bottleneck: 3, momentum: 0.2 }), shapes);
    });
    test('keeps its arguments', () => {
      const args = { growth: 5, bottleneck: 2, epsilon: 1e-3, momentum: 0.01, seed: 7 };
      expect(new DenseLayer(denseLayer(args).getConfig() as never).getConfig()).toMatchObject(args);
    });
  });

  describe.each([true, false])('with training %s', (training) => {
    test('values, gradients and running statistics are those of the layers in it', () => {
      const maps = makeMaps();
      const dy = toTensor(signal('dy', [BATCH, 5, 6, GROWTH]));
      const run = (net: LayersModel) => {
        const variables = net.trainableWeights.map((weight) => weight.read() as tf.Variable);
        const apply = (...xs: tf.Tensor[]) => net.apply(xs, { training }) as tf.Tensor;
        return tf.tidy(() => {
          const y = apply(...maps);
          const byMap = tf.grads(apply)(maps, dy);
          const loss = () => tf.sum(tf.mul(apply(...maps), dy)) as tf.Scalar;
          const { grads } = tf.variableGrads(loss, variables);
          const byWeight = net.trainableWeights.map(
            (weight) => [nameOf(weight), grads[weight.name] as tf.Tensor] as const,
          );
          const moved = net.nonTrainableWeights.map(
            (weight) => [nameOf(weight), weight.read()] as const,
          );
          const named = { y, ...Object.fromEntries([...byWeight, ...moved]) };
          return { ...named, ...Object.fromEntries(byMap.map((dx, i) => [`map${i}`, dx])) };
        }) as tf.NamedTensorMap;
      };
      const [own, reference] = [fill(single()), fill(composed())];
      const [actual, expected] = [run(own), run(reference)];
      expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
      for (const [name, values] of Object.entries(expected)) {
        expectClose(actual[name] as tf.Tensor, values, { rtol: 1e-3, atol: 1e-4 });
      }
      tf.dispose([maps, dy]);
      own.dispose();
      reference.dispose();
    });
  });

  test('gradient equals finite differences', () => {
    const net = fill(single());
    // Channels far from the kinks of both ReLUs, on either side.
    const beta = (channels: number) => Array.from({ length: channels }, (_, i) => (i % 3 ? 5 : -5));
    for (const weight of net.weights) {
      if (!nameOf(weight).endsWith('beta')) continue;
      tf.tidy(() => {
        weight.write(tf.tensor1d(beta(weight.shape[0] as number)));
      });
    }
    const maps = makeMaps();
    checkGradients((...xs) => net.apply(xs, { training: true }) as tf.Tensor, maps, { rtol: 3e-2 });
    tf.dispose(maps);
    net.dispose();
  });

  test('frozen, it passes the gradient on and stays in its mode', () => {
    const net = fill(single({ trainable: false }));
    expect(net.trainableWeights).toEqual([]);
    const statistics = () =>
      net.weights
        .filter((weight) => /moving/.test(weight.originalName))
        .map((weight) => Array.from(weight.read().dataSync()));
    const before = statistics();
    const maps = makeMaps();
    const gradients = tf.grads(
      (...xs: tf.Tensor[]) => net.apply(xs, { training: true }) as tf.Tensor,
    )(maps);
    gradients.forEach((gradient, i) => {
      expect(gradient.shape).toEqual(maps[i]?.shape);
      expect(tf.tidy(() => tf.max(tf.abs(gradient)).dataSync()[0])).toBeGreaterThan(0);
    });
    expect(statistics()).not.toEqual(before);
    tf.dispose([maps, gradients]);
    net.dispose();
  });

  test('memory: training leaves only its output, a gradient only the gradients', () => {
    const net = single();
    const maps = makeMaps();
    const apply = (training: boolean) => net.apply(maps, { training }) as tf.Tensor;
    expectNoLeak(() => apply(true));
    expectNoLeak(() => apply(false));
    expectNoLeak(() => variableGradients(() => tf.sum(apply(true)) as tf.Scalar));
    tf.dispose(maps);
    net.dispose();
  });
});

describe('DenseLayer errors', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });
  test.each([
    [{ growth: 0 }, 'growth must be a whole number from 1; got 0'],
    [{ growth: 4, bottleneck: 1.5 }, 'bottleneck must be a whole number from 1; got 1.5'],
    [{ growth: 4, epsilon: 0 }, 'epsilon must be above 0; got 0'],
    [{ growth: 4, momentum: -1 }, 'momentum must be from 0 to 1; got -1'],
  ])('refuses %j', (args, message) => {
    expect(() => denseLayer(args)).toThrow(`[@fbsd/backbones] DenseLayer: ${message}`);
  });
  test('refuses maps of several sizes, of another rank, of unknown channels', () => {
    const x = input({ shape: [4, 4, 3] });
    const layer = () => denseLayer({ growth: 2 });
    expect(() => layer().apply([x, input({ shape: [4, 2, 3] })])).toThrow(
      'of one height and width; got [null,4,4,3], [null,4,2,3]',
    );
    expect(() => layer().apply(input({ shape: [12] }))).toThrow('got [null,12]');
    expect(() => layer().apply([x, input({ shape: [4, 4, null] })])).toThrow(
      'known number of channels',
    );
  });
});

import { accelerate, batchNorm } from '@fbsd/kernels';
import { checkGradients, expectClose, expectNoLeak } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { backwardTiling, forwardTiling } from '../../../src/backends/tensorflow/tiles.ts';
import { paysWithTiles } from '../../../src/backends/tensorflow/winograd.ts';
import * as fallback from '../../../src/ops/batch-norm-fallback.ts';
import * as kernels from '../../../src/ops/batch-norm-kernels.ts';
import { ACTIVATIONS, fusedConvolution } from '../../support/convolutions.ts';
import { random } from '../../support/reference.ts';
import { afterTwoSteps } from '../../support/sgd-cases.ts';
import { describeTensorFlow } from '../../support/tensorflow.ts';

describeTensorFlow('accelerate', () => {
  beforeAll(async () => {
    await tf.setBackend('tensorflow');
  });
  beforeEach(() => {
    accelerate();
  });
  afterAll(() => accelerate().restore());

  test('restores every kernel', () => {
    const names = accelerate().kernels;
    accelerate().restore();
    const stock = names.map((name) => tf.getKernel(name, 'tensorflow'));
    const acceleration = accelerate();
    names.forEach((name, i) => {
      expect(tf.getKernel(name, 'tensorflow')?.kernelFunc).not.toBe(stock[i]?.kernelFunc);
    });
    acceleration.restore();
    expect(names.map((name) => tf.getKernel(name, 'tensorflow'))).toEqual(stock);
  });

  /** What `f` computes with the kernels, compared with what it does without them. */
  const expectAsStock = (f: () => tf.Tensor[], tolerance = { rtol: 1e-4, atol: 1e-5 }) => {
    tf.tidy(() => {
      const actual = f();
      accelerate().restore();
      const expected = f();
      expect(actual.length).toBe(expected.length);
      actual.forEach((tensor, i) => {
        expectClose(tensor, expected[i] as tf.Tensor, tolerance);
      });
    });
  };

  describe.each([[[5000, 3]], [[2, 33, 35, 20]], [[3, 4]], [[4, 1, 1, 7]], [[2, 5, 3]]])(
    'batch norm at %j',
    (shape) => {
      const channels = [shape.at(-1) as number];
      const make = () => ({
        x: tf.add(random('x', shape), 2),
        dy: random('dy', shape),
        gamma: tf.add(random<tf.Tensor1D>('gamma', channels), 1.5) as tf.Tensor1D,
        beta: random<tf.Tensor1D>('beta', channels),
        residual: random('residual', shape),
      });

      test.each([
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ])('values and gradients equal the composition with relu %s, residual %s', (relu, added) => {
        tf.tidy(() => {
          const { x, dy, gamma, beta, residual } = make();
          const r = added ? residual : undefined;
          const options = { epsilon: 1e-5, relu };
          const actual = kernels.forward(x, gamma, beta, r, options);
          expect(actual.reserved.length).toBe(3); // the kernel ran, not the composition
          const [mean, variance] = tf.unstack(fallback.moments(x)) as [tf.Tensor1D, tf.Tensor1D];
          expectClose(actual.mean, mean, { rtol: 1e-5 });
          expectClose(actual.variance, variance, { rtol: 1e-4 });
          const y = fallback.normalize(x, mean, variance, gamma, beta, r, options);
          expectClose(actual.y, y, { rtol: 1e-4, atol: 1e-5 });
          const inference = kernels.normalize(x, mean, variance, gamma, beta, r, options);
          expectClose(inference, y, { rtol: 1e-4, atol: 1e-5 });

          // The same mask on both sides: y itself may differ in the sign of a rounding error.
          const saved = [dy, x, mean, variance, gamma, relu ? actual.y : undefined] as const;
          const attrs = { epsilon: 1e-5, residual: added };
          const expected = fallback.backward(...saved, attrs);
          const gradient = kernels.backward(...saved, attrs, actual.reserved);
          expect(Object.keys(gradient)).toEqual(Object.keys(expected));
          const size = tf.max(tf.abs(expected.x)).dataSync()[0] as number;
          expectClose(gradient.x, expected.x, { rtol: 1e-4, atol: 1e-4 * size });
          expectClose(gradient.gamma, expected.gamma, { rtol: 1e-4, atol: 1e-3 });
          expectClose(gradient.beta, expected.beta, { rtol: 1e-4, atol: 1e-4 });
          if (added) expectClose(gradient.residual as tf.Tensor, expected.residual as tf.Tensor);

          expect(tf.getKernel('FbsdNormalizeGradient', 'tensorflow')).toBeDefined();
          const fixed = fallback.normalizeBackward(...saved, attrs);
          kernels.normalizeBackward(...saved, attrs).forEach((gradient, i) => {
            expectClose(gradient, fixed[i] as tf.Tensor, { rtol: 1e-4, atol: 1e-3 });
          });
        });
      });

      test('leaves no tensor behind', () => {
        const { x, gamma, beta, residual } = make();
        expectNoLeak(() => ({ ...batchNorm(x, gamma, beta, { relu: true, residual }) }));
        expectNoLeak(() =>
          tf.grads(
            (x, g, b, r) =>
              batchNorm(x, g as tf.Tensor1D, b as tf.Tensor1D, { relu: true, residual: r }).y,
          )([x, gamma, beta, residual]),
        );
        expectNoLeak(() => kernels.normalize(x, beta, gamma, gamma, beta, residual, everything));
        tf.dispose([x, gamma, beta, residual]);
      });
      const everything = { epsilon: 1e-5, relu: true };
    },
  );

  const convolutions: {
    x: [number, number, number, number];
    filter: [number, number, number, number];
    strides?: number;
    pad: 'same' | 'valid';
  }[] = [
    // a product of matrices
    { x: [3, 5, 7, 9], filter: [1, 1, 9, 13], pad: 'same' },
    { x: [1, 1, 1, 3], filter: [1, 1, 3, 2], pad: 'valid' },
    // Winograd: whole tiles, over the border, without padding
    { x: [12, 16, 16, 150], filter: [3, 3, 150, 171], pad: 'same' },
    { x: [14, 13, 15, 171], filter: [3, 3, 171, 150], pad: 'same' },
    { x: [14, 18, 14, 150], filter: [3, 3, 150, 150], pad: 'valid' },
    // as they were
    { x: [2, 7, 5, 9], filter: [1, 1, 9, 4], strides: 2, pad: 'same' },
    { x: [2, 9, 8, 5], filter: [3, 3, 5, 6], pad: 'same' },
    { x: [2, 9, 8, 5], filter: [3, 3, 5, 6], strides: 2, pad: 'valid' },
  ];
  test('the algorithm of a convolution', () => {
    const algorithms = convolutions.map(({ x, filter, strides = 1, pad }) => {
      const info = tf.backend_util.computeConv2DInfo(x, filter, strides, 1, pad);
      const pays = paysWithTiles(forwardTiling(info), info.inChannels, info.outChannels);
      const back = paysWithTiles(backwardTiling(info), info.outChannels, info.inChannels);
      return pays && back;
    });
    expect(algorithms).toEqual([false, false, true, true, true, false, false, false]);
  });

  describe.each(convolutions)('conv2d $x * $filter', ({ x: shape, filter, strides = 1, pad }) => {
    const apply = (x: tf.Tensor, w: tf.Tensor) =>
      tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad);
    const make = () => [random('x', shape), random('w', filter)] as const;

    test('value and gradients', () => {
      expectAsStock(
        () => {
          const [x, w] = make();
          const y = apply(x, w);
          return [y, ...tf.grads(apply)([x, w], random('dy', y.shape))];
        },
        { rtol: 1e-3, atol: 1e-3 },
      );
    });
    test('leaves no tensor behind', () => {
      const [x, w] = make();
      expectNoLeak(() => tf.grads(apply)([x, w]));
      tf.dispose([x, w]);
    });
  });

  test.each(ACTIVATIONS)('conv2d with bias and %s', (activation) => {
    const run = () => fusedConvolution(activation, { size: 1, strides: 1 });
    expectAsStock(run);
    accelerate();
    expectNoLeak(() => tf.tidy(run));
  });

  test('the gradient of batch norm by finite differences', () => {
    const shape = [2, 3, 4, 3];
    const [x, residual] = [random('x', shape), random('r', shape)];
    const gamma = tf.add(random('gamma', [3]), 1.5);
    const away = tf.mul(tf.sign(residual), 9); // from the kink of the ReLU
    checkGradients(
      (x, gamma, beta, r) =>
        batchNorm(x, gamma as tf.Tensor1D, beta as tf.Tensor1D, {
          relu: true,
          residual: tf.add(r, away),
        }).y,
      [x, gamma, random('beta', [3]), residual],
    );
  });

  test('acceleration may end between forward and backward', () => {
    tf.tidy(() => {
      const x = random('x', [6, 3]);
      const [gamma, beta] = [tf.ones([3]), tf.zeros([3])] as [tf.Tensor1D, tf.Tensor1D];
      const loss = (ending: () => void) => (x: tf.Tensor) => {
        const { y } = batchNorm(x, gamma, beta);
        ending();
        return tf.sum(tf.mul(tf.square(y), y));
      };
      const expected = tf.grad(loss(() => {}))(x);
      const actual = tf.grad(loss(() => accelerate().restore()))(x);
      expectClose(actual, expected, { rtol: 1e-3, atol: 1e-5 });
    });
  });

  test.each([
    [0.9, 0.01],
    [0, 0.01],
    [0.9, 0],
    [0, 0],
  ])('sgdStep with momentum %d and weight decay %d', (momentum, weightDecay) => {
    const steps = () => afterTwoSteps([[3, 41], [7]], { learningRate: 0.1, momentum, weightDecay });
    expectAsStock(steps, { rtol: 1e-6, atol: 1e-7 });
    accelerate();
    expectNoLeak(steps);
  });

  test('the gradient of ReLU is that of its output, and has a gradient itself', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([-1, 0, 2, Number.POSITIVE_INFINITY, -0.5, 1e-30]);
      const dy = tf.tensor1d([1, 2, 3, 5, 6, 7]);
      const dx = tf.grad((x: tf.Tensor) => tf.relu(x))(x, dy);
      expect([...dx.dataSync()]).toEqual([0, 0, 3, 5, 0, 7]);
      const cube = (x: tf.Tensor) => tf.mul(tf.square(tf.relu(x)), tf.relu(x));
      const slope = (x: tf.Tensor) => tf.grad(cube)(x);
      expectClose(tf.grad(slope)(tf.tensor1d([-2, 0.5, 3])), { shape: [3], data: [0, 3, 18] });
    });
  });

  test("model.fit() of tfjs's own layers takes the same steps", async () => {
    const train = async () => {
      const model = sequential({
        layers: [
          layers.conv2d({
            inputShape: [8, 8, 3],
            filters: 6,
            kernelSize: 1,
            activation: 'relu',
            kernelInitializer: 'ones',
          }),
          layers.batchNormalization(),
          layers.flatten(),
          layers.dense({ units: 3, activation: 'softmax', kernelInitializer: 'zeros' }),
        ],
      });
      model.compile({ optimizer: tf.train.sgd(0.1), loss: 'categoricalCrossentropy' });
      const x = random('images', [6, 8, 8, 3]);
      const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32'), 3);
      const { history } = await model.fit(x, labels, { epochs: 5, shuffle: false, verbose: 0 });
      model.dispose();
      tf.dispose([x, labels]);
      return history['loss'] as number[];
    };
    const actual = await train();
    accelerate().restore();
    const expected = await train();
    expect(expected[4]).toBeLessThan(expected[0] as number);
    expectClose({ shape: [5], data: actual }, { shape: [5], data: expected }, { rtol: 1e-4 });
  });
});

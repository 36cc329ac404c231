import { crossEntropies, headLosses } from '@fbsd/fbsd';
import {
  checkGradients,
  describeBackends,
  expectClose,
  expectNoLeak,
  signal,
  toTensor,
} from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

/** −ln softmax(z)[label], the mean over the rows. */
function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return crossEntropies([logits], labels)[0] as tf.Scalar;
}

function valueAndGradient(logits: tf.Tensor2D, labels: tf.Tensor1D): [tf.Scalar, tf.Tensor2D] {
  const { value, grad } = tf.valueAndGrad((z) => crossEntropy(z as tf.Tensor2D, labels))(logits);
  return [value as tf.Scalar, grad as tf.Tensor2D];
}

describeBackends('crossEntropies', () => {
  const make = (batch: number, classes: number) => ({
    logits: tf.mul(toTensor(signal('z', [batch, classes])), 3) as tf.Tensor2D,
    labels: tf.tensor1d(
      Array.from({ length: batch }, (_, i) => (7 * i + 2) % classes),
      'int32',
    ),
  });

  test.each([
    [1, 3],
    [5, 3],
    [4, 1000],
    [33, 2],
  ])("equals tfjs's softmaxCrossEntropy for [%d,%d], value and gradient", (batch, classes) => {
    tf.tidy(() => {
      const { logits, labels } = make(batch, classes);
      const [value, gradient] = valueAndGradient(logits, labels);
      const stock = tf.valueAndGrad((z) =>
        tf.losses.softmaxCrossEntropy(tf.oneHot(labels, classes), z),
      )(logits);
      expectClose(value, stock.value);
      expectClose(gradient, stock.grad);
    });
  });

  test('gradients equal finite differences, scaled by what comes from above', () => {
    const { logits, labels } = make(3, 4);
    checkGradients((z) => tf.mul(crossEntropy(z as tf.Tensor2D, labels), 2), [logits]);
    tf.dispose([logits, labels]);
  });

  describe('with label smoothing', () => {
    // torch.nn.functional.cross_entropy(z, y, label_smoothing=…) of PyTorch 2.13, and its gradient.
    const logits = [1.5, -2, 0.25, 0.5, 0, 3, -1, 2, -0.75, 0.5, 4, -3];
    test.each([
      [
        0.1,
        2.349118947982788,
        [
          ...[0.1895397305, -0.0023580852, -0.2516417205, 0.0644600987],
          ...[0.0032236946, -0.0762041882, -0.0040817414, 0.077062197],
          ...[-0.3055596948, 0.0013475395, 0.3122531176, -0.0080409972],
        ],
      ],
      [
        0.3,
        2.432452440261841,
        [
          ...[0.1728730798, -0.0190247521, -0.2016417384, 0.0477934405],
          ...[-0.0134429699, -0.0262041613, -0.0207484066, 0.0603955463],
          ...[-0.2555597126, -0.0153191257, 0.2955865264, -0.0247076638],
        ],
      ],
    ])('of %d equal those of PyTorch, value and gradient', (labelSmoothing, loss, data) => {
      tf.tidy(() => {
        const labels = tf.tensor1d([2, 1, 0], 'int32');
        const { value, grad } = tf.valueAndGrad(
          (z) => crossEntropies([z as tf.Tensor2D], labels, { labelSmoothing })[0] as tf.Scalar,
        )(tf.tensor2d(logits, [3, 4]));
        expectClose(value, { shape: [], data: [loss] });
        expectClose(grad, { shape: [3, 4], data });
      });
    });

    test('of 0 are bit by bit those without', () => {
      tf.tidy(() => {
        const { logits, labels } = make(5, 3);
        const [value] = crossEntropies([logits], labels, { labelSmoothing: 0 });
        expect(value?.dataSync()).toEqual(crossEntropy(logits, labels).dataSync());
      });
    });

    test('leave no tensor behind, have NaN for a label that is no class, and keep to their range', () => {
      const { logits, labels } = make(2, 3);
      const smooth = (labelSmoothing: number) =>
        crossEntropies([logits, logits], labels, { labelSmoothing });
      expectNoLeak(() => smooth(0.1));
      expect(() => smooth(1)).toThrow('labelSmoothing must be a number from 0 that is less than 1');
      expect(() => smooth(Number.NaN)).toThrow(RangeError);
      tf.tidy(() => {
        const strange = tf.tensor1d([0, 3], 'int32');
        const [loss] = crossEntropies([logits], strange, { labelSmoothing: 0.1 });
        expect(loss?.dataSync()[0]).toBeNaN();
      });
      tf.dispose([logits, labels]);
    });
  });

  test('of one class are zero', () => {
    tf.tidy(() => {
      const { logits, labels } = make(2, 1);
      const [value, gradient] = valueAndGradient(logits, labels);
      expect([...value.dataSync(), ...gradient.dataSync()]).toEqual([0, 0, 0]);
    });
  });

  test('are exact for extreme logits, and for classes that are left out by −∞', () => {
    tf.tidy(() => {
      const infinity = Number.POSITIVE_INFINITY;
      const logits = tf.tensor2d([
        [1e4, -1e4, 1e4],
        [-1e4, 1e4, 0],
        [-infinity, 1, 1],
      ]);
      const [value, gradient] = valueAndGradient(logits, tf.tensor1d([0, 0, 2], 'int32'));
      const ln2 = Math.log(2);
      expectClose(value, { shape: [], data: [(ln2 + 2e4 + ln2) / 3] }, { rtol: 1e-6 });
      const expected = [-0.5, 0, 0.5, -1, 1, 0, 0, 0.5, -0.5].map((d) => d / 3);
      expectClose(gradient, { shape: [3, 3], data: expected }, { rtol: 1e-6 });
    });
  });

  test.each([3, -1])('a label that is none of the classes, %d, makes them NaN', (label) => {
    tf.tidy(() => {
      const labels = tf.tensor1d([1, label], 'int32');
      const [value, gradient] = valueAndGradient(make(2, 3).logits, labels);
      expect(value.dataSync()[0]).toBeNaN();
      expect(Array.from(gradient.dataSync(), Number.isNaN)).toEqual([
        false,
        false,
        false,
        true,
        true,
        true,
      ]);
    });
  });

  test('have first derivatives only, and say so', () => {
    tf.tidy(() => {
      const { logits, labels } = make(2, 3);
      const loss = (z: tf.Tensor) => crossEntropies([z as tf.Tensor2D], labels)[0] as tf.Scalar;
      const first = tf.grad(loss);
      const second = tf.grad((z: tf.Tensor) => tf.sum(tf.square(first(z))));
      expect(() => second(logits)).toThrow(
        '[@fbsd/fbsd] crossEntropies has first derivatives only',
      );
    });
  });

  test('leave no tensor behind', () => {
    const { logits, labels } = make(2, 3);
    expectNoLeak(() => crossEntropies([logits, logits], labels));
    expectNoLeak(() => valueAndGradient(logits, labels));
    tf.dispose([logits, labels]);
  });

  test('refuse one-hot labels, and as many as do not fit', () => {
    tf.tidy(() => {
      const { logits, labels } = make(2, 3);
      const oneHot = tf.oneHot(labels, 3) as unknown as tf.Tensor1D;
      expect(() => crossEntropies([logits], oneHot)).toThrow(
        'got float32 [2,3] and int32 [2,3]. Labels are the numbers of the classes, not one-hot.',
      );
      expect(() => crossEntropies([logits], tf.tensor1d([0], 'int32'))).toThrow(TypeError);
    });
  });
});

test('headLosses smooth as crossEntropies do', async () => {
  await tf.setBackend('cpu');
  const net = sequential({ layers: [layers.dense({ units: 3, inputShape: [2] })] });
  tf.tidy(() => {
    const logits = tf.tensor2d([1, -2, 0.5, 0, 3, -1], [2, 3]);
    const labels = tf.tensor1d([2, 0], 'int32');
    const [loss] = headLosses(net, { labelSmoothing: 0.2 });
    const [expected] = crossEntropies([logits], labels, { labelSmoothing: 0.2 });
    expectClose(loss?.(tf.oneHot(labels, 3), logits) as tf.Tensor, expected as tf.Scalar);
  });
  expect(() => headLosses(net, { labelSmoothing: 2 })).toThrow('[@fbsd/fbsd] headLosses: labelSm');
  net.dispose();
});

test('crossEntropies take the fused kernel of a backend that has it', async () => {
  await tf.setBackend('cpu');
  const kernelName = 'FbsdSoftmaxCrossEntropy';
  tf.registerKernel({
    kernelName,
    backendName: 'cpu',
    kernelFunc: ({ inputs }) => [
      tf.scalar(7),
      tf.onesLike(inputs['logits'] as tf.Tensor<tf.Rank.R2>),
    ],
  });
  tf.tidy(() => {
    const labels = tf.tensor1d([0, 1], 'int32');
    const [value, gradient] = valueAndGradient(tf.zeros([2, 2]), labels);
    expect([...value.dataSync(), ...gradient.dataSync()]).toEqual([7, 1, 1, 1, 1]);
    // 7 + ½·mean(z[label] − mean(z)), and its gradient.
    const smooth = tf.valueAndGrad(
      (z) => crossEntropies([z as tf.Tensor2D], labels, { labelSmoothing: 0.5 })[0] as tf.Scalar,
    )(tf.tensor2d([2, 0, 0, 4], [2, 2]));
    expect(smooth.value.dataSync()[0]).toBe(7.75);
    expect([...smooth.grad.dataSync()]).toEqual([1.125, 0.875, 0.875, 1.125]);
  });
  tf.unregisterKernel(kernelName, 'cpu');
});

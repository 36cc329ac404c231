// A ResNet-18-like classifier (32–256 channels, stem with max pool) in plain ops, and its training step.
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import { batchNorm, sgdStep } from '@fbsd/kernels';

/** Makes the weights anew on the current backend. */
export function trainer({ batch = 16, size = 96, classes = 10 } = {}) {
  const variables = [];
  let seed = 0;
  const weight = (tensor) => {
    const variable = tf.variable(tensor);
    tensor.dispose();
    variables.push(variable);
    return variable;
  };
  const conv = (inputs, outputs, kernel, stride = 1) => {
    const shape = [kernel, kernel, inputs, outputs];
    const scale = Math.sqrt(2 / (kernel * kernel * outputs));
    const w = weight(tf.randomNormal(shape, 0, scale, 'float32', ++seed));
    return (x) => tf.conv2d(x, w, stride, 'same');
  };
  const norm = (channels) => {
    const [gamma, beta] = [weight(tf.ones([channels])), weight(tf.zeros([channels]))];
    return (x, options) => tf.tidy(() => batchNorm(x, gamma, beta, options).y);
  };
  const block = (inputs, outputs, stride) => {
    const [c1, n1] = [conv(inputs, outputs, 3, stride), norm(outputs)];
    const [c2, n2] = [conv(outputs, outputs, 3), norm(outputs)];
    const shortcut = inputs !== outputs && [conv(inputs, outputs, 1, stride), norm(outputs)];
    return (x) => {
      const residual = shortcut ? shortcut[1](shortcut[0](x)) : x;
      return n2(c2(n1(c1(x), { relu: true })), { relu: true, residual });
    };
  };

  const [stem, stemNorm] = [conv(3, 32, 3, 2), norm(32)];
  const widths = [32, 64, 128, 256];
  const blocks = widths.flatMap((width, i) => {
    const before = widths[i - 1] ?? width;
    return [block(before, width, i === 0 ? 1 : 2), block(width, width, 1)];
  });
  const dense = weight(tf.randomNormal([256, classes], 0, 0.05, 'float32', ++seed));
  const forward = (x) => {
    const y = tf.maxPool(stemNorm(stem(x), { relu: true }), 3, 2, 'same');
    const features = tf.mean(
      blocks.reduce((value, f) => f(value), y),
      [1, 2],
    );
    return tf.matMul(features, dense);
  };

  const images = tf.randomNormal([batch, size, size, 3], 0, 1, 'float32', 7);
  const classOf = Array.from({ length: batch }, (_, i) => i % classes);
  const labels = tf.tidy(() =>
    tf.cast(tf.oneHot(tf.tensor1d(classOf, 'int32'), classes), 'float32'),
  );
  const velocities = variables.map((v) => tf.tidy(() => tf.variable(tf.zerosLike(v), false)));
  const options = { learningRate: 0.01, momentum: 0.9, weightDecay: 5e-4 };

  return {
    /** One step; returns the loss before it. */
    step: () =>
      tf.tidy(() => {
        const crossEntropy = () =>
          tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(forward(images)), labels), 1)));
        const { value, grads } = tf.variableGrads(crossEntropy, variables);
        variables.forEach((variable, i) => {
          const next = sgdStep(variable, velocities[i], grads[variable.name], options);
          variable.assign(next.weight);
          velocities[i].assign(next.velocity);
        });
        return value.dataSync()[0];
      }),
    dispose: () => tf.dispose([images, labels, variables, velocities]),
  };
}

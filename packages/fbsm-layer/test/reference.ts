import type { FeatureBoostSuppressOptions, FeatureBoostSuppressWeights } from '@fbsd/fbsm';
import * as tf from '@tensorflow/tfjs-core';

/**
 * FBSM strip by strip from stock ops, as it reads in the paper, its gradient left to tfjs: slow and
 * plain, to compare the op with.
 */
export function reference(
  x: tf.Tensor4D,
  weights: FeatureBoostSuppressWeights,
  options: FeatureBoostSuppressOptions,
) {
  const { kernel, bias, gamma, beta, movingMean, movingVariance } = weights;
  const { parts, alpha = 0.5, axis = 'height', epsilon = 1e-5, training = false } = options;
  const dimension = axis === 'height' ? 1 : 2;
  const length = x.shape[dimension] as number;
  const strips = Array.from({ length: parts }, (_, i) => {
    const begin = Math.floor((i * length) / parts);
    const size = Math.floor(((i + 1) * length) / parts) - begin;
    return axis === 'height'
      ? tf.slice4d(x, [0, begin, 0, 0], [-1, size, -1, -1])
      : tf.slice4d(x, [0, 0, begin, 0], [-1, -1, size, -1]);
  });
  const channels = x.shape[3];
  const means: tf.Tensor[] = [];
  const variances: tf.Tensor[] = [];
  const scores = strips.map((strip) => {
    const flat = tf.reshape(strip, [-1, channels]);
    const z = tf.add(tf.matMul(flat, tf.reshape(kernel, [channels, 1])), bias);
    const moments = training
      ? tf.moments(z)
      : { mean: movingMean as tf.Tensor, variance: movingVariance as tf.Tensor };
    means.push(moments.mean);
    variances.push(moments.variance);
    const normalized = tf.div(tf.sub(z, moments.mean), tf.sqrt(tf.add(moments.variance, epsilon)));
    const active = tf.relu(tf.add(tf.mul(normalized, gamma), beta));
    return tf.mean(tf.reshape(active, [x.shape[0], -1]), 1);
  });
  const probabilities = tf.softmax(tf.stack(scores, 1)) as tf.Tensor2D;
  const chosen = constant(() => {
    const largest = tf.equal(probabilities, tf.max(probabilities, 1, true));
    return tf.sub(1, tf.mul(tf.cast(largest, 'float32'), options.beta ?? 0.5));
  });
  const column = (values: tf.Tensor, i: number) =>
    tf.reshape(tf.slice(values, [0, i], [-1, 1]), [-1, 1, 1, 1]);
  const gated = (gates: tf.Tensor) =>
    tf.concat(
      strips.map((strip, i) => tf.mul(strip, column(gates, i))),
      dimension,
    ) as tf.Tensor4D;
  return {
    boosted: gated(tf.add(1, tf.mul(probabilities, alpha))),
    suppressed: gated(chosen),
    probabilities,
    mean: tf.stack(means),
    variance: tf.stack(variances),
  };
}

/** The value of `f`, as far as gradients go a constant. */
function constant(f: () => tf.Tensor): tf.Tensor {
  const kept = tf.customGrad(() => ({ value: f(), gradFunc: () => [] }));
  return kept();
}

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops

/** What the maps give to each other, written as in the paper: a softmax per direction and pair. */
export function contributions(maps: readonly tf.Tensor[], factor: number): tf.Tensor[] {
  const flat = maps.map((map) => tf.reshape(map, [map.shape[0] as number, -1, channels(map)]));
  return maps.map((map, i) => {
    const own = flat[i] as tf.Tensor;
    const received = flat.map((other, j) => {
      if (j === i) return tf.zerosLike(own);
      const similarity = tf.neg(tf.matMul(normalise(own), normalise(other), false, true));
      return tf.matMul(tf.softmax(similarity), other);
    });
    return tf.reshape(tf.mul(tf.addN(received), factor), map.shape);
  });
}

/** x / max(‖x‖, 1e-12) over the channels. */
function normalise(x: tf.Tensor): tf.Tensor {
  return tf.mul(x, tf.rsqrt(tf.maximum(tf.sum(tf.square(x), -1, true), 1e-24)));
}

function channels(map: tf.Tensor): number {
  return map.shape.at(-1) as number;
}

import { featureBoostSuppress } from '@fbsd/fbsm';
import { diversify } from '@fbsd/fdm';
import {
  expectClose,
  parameter,
  readGolden,
  signal,
  type Tolerance,
  toHWIO,
  toNHWC,
  toTensor,
  type Values,
} from '@fbsd/testing';
import { topKMean } from '@fbsd/topk-pool';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import { describeWebGPU } from '../../support/webgpu.ts';

/** The values of the published code, as the layers' own tests hold them. */
const golden = (layer: string, name: string) => {
  const file = readGolden(
    new URL(`../../../../${layer}/test/goldens/${name}.safetensors`, import.meta.url),
  );
  return (entry: string) => file.get(entry) as Values;
};

const read = async (x: tf.Tensor): Promise<Values> => ({ shape: x.shape, data: await x.data() });

/** {@link expectClose} for tensors that can only be read with await; disposes both. */
async function expectAllClose(
  pairs: readonly (readonly [actual: tf.Tensor, expected: tf.Tensor])[],
  tolerance?: Tolerance,
): Promise<void> {
  for (const [actual, expected] of pairs) {
    expectClose(await read(actual), await read(expected), tolerance);
    tf.dispose([actual, expected]);
  }
}

describeWebGPU('goldens of the layers', () => {
  test.each([
    ['fbsm_small', { parts: 4 }],
    ['fbsm_k2', { parts: 2 }],
  ] as const)('%s, values and gradients', async (name, options) => {
    const entry = golden('fbsm-layer', name);
    const shape = entry('eval_boosted').shape;
    const of = (key: string) => toTensor(parameter(`${name}.stripconv.${key}`, [1]));
    const pairs = tf.tidy(() => {
      const weights = {
        kernel: toHWIO(parameter(`${name}.stripconv.0.weight`, [1, shape[1] as number, 1, 1])),
        bias: of('0.bias'),
        gamma: of('1.weight'),
        beta: of('1.bias'),
        movingMean: of('1.running_mean'),
        movingVariance: of('1.running_var'),
      };
      const [x, dBoosted, dSuppressed] = ['x', 'grad_boosted', 'grad_suppressed'].map((key) =>
        toNHWC(signal(`${name}.${key}`, shape)),
      ) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
      const tested = featureBoostSuppress(x, weights, { ...options, training: false });
      const trained = featureBoostSuppress(x, weights, { ...options, training: true });
      const loss = (...[x, kernel, gamma, beta]: tf.Tensor[]) => {
        const moved = { ...weights, kernel, gamma, beta } as typeof weights;
        const all = { ...options, training: true } as const;
        const { boosted, suppressed } = featureBoostSuppress(x as tf.Tensor4D, moved, all);
        return tf.add(
          tf.sum(tf.mul(boosted, dBoosted)),
          tf.sum(tf.mul(suppressed, dSuppressed)),
        ) as tf.Scalar;
      };
      const { kernel, gamma, beta } = weights;
      const [dx, dkernel, dgamma, dbeta] = tf.grads(loss)([x, kernel, gamma, beta]) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      return [
        [tested.boosted, toNHWC(entry('eval_boosted'))],
        [tested.suppressed, toNHWC(entry('eval_suppressed'))],
        [trained.boosted, toNHWC(entry('train_boosted'))],
        [trained.suppressed, toNHWC(entry('train_suppressed'))],
        [dx, toNHWC(entry('grad_x'))],
        [dkernel, toHWIO(entry('grad_conv_weight'))],
        [dgamma, toTensor(entry('grad_bn_weight'))],
        [dbeta, toTensor(entry('grad_bn_bias'))],
      ] as [tf.Tensor, tf.Tensor][];
    });
    await expectAllClose(pairs);
  });

  test('fdm_triple, values and gradients, and what was added alone', async () => {
    const entry = golden('fdm-layer', 'fdm_triple');
    const pairs = tf.tidy(() => {
      const maps = (kind: string) =>
        [8, 4, 2].map((size, i) =>
          toNHWC(signal(`fdm_triple.${kind}${i + 1}`, [2, 16, size, size])),
        );
      const [inputs, dy] = [maps('fm'), maps('grad')];
      const loss = (...xs: tf.Tensor[]) =>
        tf.addN(diversify(xs).map((z, i) => tf.sum(tf.mul(z, dy[i] as tf.Tensor)))) as tf.Scalar;
      const gradients = tf.grads(loss)(inputs);
      return diversify(inputs).flatMap((z, i) => {
        const [x, g, dx] = [inputs[i], dy[i], gradients[i]] as [tf.Tensor, tf.Tensor, tf.Tensor];
        const out = toNHWC(entry(`out${i + 1}`));
        const gradient = toNHWC(entry(`grad_fm${i + 1}`));
        return [
          [tf.sub(z, x), tf.sub(out, x)],
          [tf.sub(dx, g), tf.sub(gradient, g)],
        ] as [tf.Tensor, tf.Tensor][];
      });
    });
    await expectAllClose(pairs, { atol: 3e-7 });
  });

  test.each(['topk_small', 'topk_large'])('%s, values and gradients', async (name) => {
    const entry = golden('topk-pool', name);
    const shape = entry('grad_x').shape;
    const pairs = tf.tidy(() => {
      const x = toNHWC(signal(`${name}.x`, shape));
      const dy = toTensor(signal(`${name}.grad`, shape.slice(0, 2)));
      return [
        [topKMean(x), toTensor(entry('y'))],
        [tf.grad((input) => topKMean(input))(x, dy), toNHWC(entry('grad_x'))],
      ] as [tf.Tensor, tf.Tensor][];
    });
    await expectAllClose(pairs, { rtol: 1e-5 });
  });
});

import { describeBackends, expectClose, inLockstep } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import { accelerate, batchNorm, normalizedConv2d, synchronizeBatchNorms } from '@fbsd/kernels';
import { random } from '../support/reference.ts';

/** Images of the processes; the last one's is another's, and does not count. */
const SHARES = [3, 1, 2, 0];
const IMAGES = 6;

/** The outputs of an op, for after the gradient in which it is. */
function kept<T extends { y: tf.Tensor; mean: tf.Tensor; variance: tf.Tensor }>(outputs: T): T {
  for (const tensor of [outputs.y, outputs.mean, outputs.variance]) tf.keep(tensor);
  return outputs;
}

describeBackends('batch norms of processes that share a batch', (backend: string) => {
  if (backend === 'webgpu') {
    test('are refused: values cannot be read in the middle of a pass', () => {
      expect(() => synchronizeBatchNorms(() => {})).toThrow('on webgpu');
    });
    return;
  }
  beforeAll(() => {
    accelerate();
  });
  afterAll(() => accelerate().restore());

  /** Everything that a share computes: outputs of its images, what is the same for all, sums over its images. */
  interface Computed {
    ofImages: tf.Tensor[];
    common: tf.Tensor[];
    sums: tf.Tensor[];
    count: number;
  }

  type Compute = (images: tf.Tensor4D[], weight: number) => Computed;

  /** Compares what processes compute of their shares with what one computes of the batch. */
  function compare(batch: tf.Tensor4D[], compute: Compute): void {
    tf.tidy(() => {
      const whole = compute(batch, 1);
      const shares = inLockstep(
        SHARES.map((count, process) => (allReduceSum) => {
          const first = SHARES.slice(0, process).reduce((a, b) => a + b, 0) % IMAGES;
          const images = batch.map((x) => tf.slice(x, first, Math.max(1, count)));
          const release = synchronizeBatchNorms((values) => {
            if (count === 0) values.fill(0);
            allReduceSum(values);
          });
          try {
            return compute(images, Number(count > 0));
          } finally {
            release();
          }
        }),
      );
      for (const share of shares) {
        expect(share.count).toBe(whole.count);
        share.common.forEach((tensor, i) => {
          expectClose(tensor, whole.common[i] as tf.Tensor);
        });
      }
      const counting = shares.slice(0, -1);
      whole.ofImages.forEach((expected, i) => {
        expectClose(tf.concat(counting.map(({ ofImages }) => ofImages[i] as tf.Tensor)), expected);
      });
      whole.sums.forEach((expected, i) => {
        expectClose(tf.addN(shares.map(({ sums }) => sums[i] as tf.Tensor)), expected);
      });
    });
  }

  const gamma = () => tf.add(random<tf.Tensor1D>('gamma', [5]), 1.5) as tf.Tensor1D;
  const beta = () => random<tf.Tensor1D>('beta', [5]);

  test.each([0, 20])('normalise by its statistics, for a mean of %i', (mean) => {
    const x = tf.add(random('x', [IMAGES, 4, 3, 5]), mean) as tf.Tensor4D;
    compare(
      [x, random('residual', x.shape), random('dy', x.shape)],
      ([x, residual, dy], weight) => {
        const options = { relu: true, residual: residual as tf.Tensor4D };
        let outputs: ReturnType<typeof batchNorm<tf.Tensor4D>> | undefined;
        const loss = (x: tf.Tensor4D, gamma: tf.Tensor1D, beta: tf.Tensor1D) => {
          outputs = kept(batchNorm(x, gamma, beta, options));
          return tf.mul(tf.sum(tf.mul(outputs.y, dy as tf.Tensor)), weight) as tf.Scalar;
        };
        const [dx, dgamma, dbeta] = tf.grads(loss as never)([x as tf.Tensor, gamma(), beta()]);
        const { y, mean, variance, count } = outputs as NonNullable<typeof outputs>;
        return {
          ofImages: [y, dx as tf.Tensor],
          common: [mean, variance],
          sums: [dgamma as tf.Tensor, dbeta as tf.Tensor],
          count,
        };
      },
    );
  });

  test('normalise maps side by side before a convolution', () => {
    const maps = [
      random<tf.Tensor4D>('a', [IMAGES, 4, 3, 2]),
      random<tf.Tensor4D>('b', [IMAGES, 4, 3, 3]),
    ];
    const filter = random<tf.Tensor4D>('filter', [3, 3, 5, 2]);
    compare([...maps, random('dy', [IMAGES, 4, 3, 2])], ([a, b, dy], weight) => {
      let outputs: ReturnType<typeof normalizedConv2d> | undefined;
      const loss = (a: tf.Tensor4D, b: tf.Tensor4D, ...[gamma, beta, filter]: never[]) => {
        outputs = kept(normalizedConv2d([a, b], gamma as never, beta as never, filter as never));
        return tf.mul(tf.sum(tf.mul(outputs.y, dy as tf.Tensor)), weight) as tf.Scalar;
      };
      const inputs = [a as tf.Tensor, b as tf.Tensor, gamma(), beta(), filter];
      const [da, db, ...rest] = tf.grads(loss as never)(inputs);
      const { y, mean, variance, count } = outputs as NonNullable<typeof outputs>;
      return {
        ofImages: [y, da as tf.Tensor, db as tf.Tensor],
        common: [mean, variance],
        sums: rest,
        count,
      };
    });
  });

  test('have no second derivatives', () => {
    const release = synchronizeBatchNorms(() => {});
    const first = tf.grad((x: tf.Tensor) => batchNorm(x, gamma(), beta()).y);
    const second = tf.grad((x: tf.Tensor) => first(x));
    expect(() => second(random('x', [4, 5]))).toThrow('first derivatives only');
    release();
  });
});

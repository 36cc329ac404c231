import { batchNorm, batchNormInference, updateMovingStatistics } from '@fbsd/kernels';
import { expectNoLeak } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import { expectAsOnCpu, random } from '../../support/reference.ts';
import { describeWebGPU } from '../../support/webgpu.ts';

describeWebGPU('batch norm', () => {
  const inputs = (shape: number[]) => {
    const channels = [shape.at(-1) as number];
    return [
      tf.add(random('x', shape), 2),
      tf.add(random('gamma', channels), 1.5),
      random('beta', channels),
      random('residual', shape),
    ] as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  };

  describe.each([[[6, 5]], [[2, 33, 35, 20]], [[700, 33]], [[9, 1028]], [[2, 5, 3]]])(
    'at %j',
    (shape) => {
      test.each([
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ])('values and gradients with relu %s, residual %s', async (relu, added) => {
        await expectAsOnCpu(
          () => {
            const [x, gamma, beta, residual] = inputs(shape);
            const apply = (...[x, gamma, beta, residual]: tf.Tensor[]) =>
              batchNorm(x as tf.Tensor, gamma as tf.Tensor1D, beta as tf.Tensor1D, {
                relu,
                ...(added && { residual: residual as tf.Tensor }),
              });
            const given = [x, gamma, beta, ...(added ? [residual] : [])];
            const { y, mean, variance } = apply(...given);
            const dy = random('dy', shape);
            return [y, mean, variance, ...tf.grads((...x) => apply(...x).y)(given, dy)];
          },
          { rtol: 1e-3, atol: 1e-4 },
        );
      });

      test('with given statistics, values and gradients', async () => {
        await expectAsOnCpu(
          () => {
            const [x, gamma, beta, residual] = inputs(shape);
            const [mean, variance] = [tf.mul(beta, 2), tf.square(gamma)];
            const apply = (...[x, mean, variance, gamma, beta, residual]: tf.Tensor[]) =>
              batchNormInference(
                x as tf.Tensor,
                ...([mean, variance, gamma, beta] as [
                  tf.Tensor1D,
                  tf.Tensor1D,
                  tf.Tensor1D,
                  tf.Tensor1D,
                ]),
                { relu: true, residual: residual as tf.Tensor },
              );
            const given = [x, mean, variance, gamma, beta, residual] as tf.Tensor[];
            return [apply(...given), ...tf.grads(apply)(given, random('dy', shape))];
          },
          { rtol: 1e-3, atol: 1e-3 },
        );
      });
    },
  );

  test("of tfjs, with its own layers' gradient, with and without scale and offset", async () => {
    await expectAsOnCpu(
      () => {
        const [x, gamma, beta] = inputs([2, 4, 3, 7]);
        const [mean, variance] = [tf.mul(beta, 2), tf.square(gamma)];
        const all = (...[x, m, v, b, g]: tf.Tensor[]) =>
          tf.batchNorm(
            x as tf.Tensor,
            m as tf.Tensor1D,
            v as tf.Tensor1D,
            b as tf.Tensor1D,
            g as tf.Tensor1D,
          );
        const plain = tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D);
        const given = [x, mean, variance, beta, gamma] as tf.Tensor[];
        return [plain, all(...given), ...tf.grads(all)(given, random('dy', x.shape))];
      },
      { rtol: 1e-3, atol: 1e-4 },
    );
  });

  test('large values against their spread', async () => {
    await expectAsOnCpu(
      () => {
        const x = tf.add(random('spread', [400, 3]), 100);
        const { y, variance } = batchNorm(x, tf.ones([3]), tf.zeros([3]));
        return [y, variance];
      },
      { rtol: 1e-3, atol: 1e-3 },
    );
  });

  test('a NaN shows in the output', async () => {
    const y = tf.tidy(() => {
      const x = tf.tensor2d([1, Number.NaN, 2, 3], [2, 2]);
      return batchNorm(x, tf.ones([2]), tf.zeros([2]), { relu: true }).y;
    });
    const values = await y.data();
    expect(values[1]).toBeNaN();
    expect(values[2]).toBeCloseTo(1, 3);
    y.dispose();
  });

  test('leaves no tensor behind', () => {
    const given = tf.tidy(() => inputs([2, 3, 4, 8]));
    expectNoLeak(() =>
      tf.grads(
        (x, g, b, r) =>
          batchNorm(x, g as tf.Tensor1D, b as tf.Tensor1D, { relu: false, residual: r }).y,
      )(given),
    );
    tf.dispose(given);
  });
});

describeWebGPU('updateMovingStatistics', () => {
  test.each([1, 4, 1028])('of %d channels', async (channels) => {
    await expectAsOnCpu(() => {
      const statistics = (of: string) => ({
        mean: random(`${of} mean`, [channels]) as tf.Tensor1D,
        variance: random(`${of} variance`, [channels]) as tf.Tensor1D,
      });
      const options = { count: 3, momentum: 0.2 };
      const moved = updateMovingStatistics(statistics('moving'), statistics('batch'), options);
      return [moved.mean, moved.variance];
    });
  });
});

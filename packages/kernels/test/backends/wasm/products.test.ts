import * as tf from '@tensorflow/tfjs-core';
import { expectAsOnCpu, random } from '../../support/reference.ts';
import { describeWasm } from '../../support/wasm.ts';

describeWasm(() => {
  interface Product {
    a: number[];
    b: number[];
    transposeA: boolean;
    transposeB: boolean;
  }

  const products: Product[] = [
    { a: [5, 7], b: [7, 3], transposeA: false, transposeB: false },
    { a: [7, 5], b: [7, 3], transposeA: true, transposeB: false },
    { a: [5, 7], b: [3, 7], transposeA: false, transposeB: true },
    { a: [7, 5], b: [3, 7], transposeA: true, transposeB: true },
    { a: [1, 1], b: [1, 1], transposeA: true, transposeB: false },
    { a: [70, 300], b: [300, 9], transposeA: false, transposeB: false },
    { a: [300, 33], b: [65, 300], transposeA: true, transposeB: true },
    { a: [4, 6, 9], b: [4, 9, 17], transposeA: false, transposeB: false },
    { a: [4, 9, 6], b: [4, 9, 17], transposeA: true, transposeB: false },
    { a: [4, 6, 9], b: [4, 17, 9], transposeA: false, transposeB: true },
    { a: [2, 2, 3, 4], b: [2, 2, 5, 4], transposeA: false, transposeB: true },
    { a: [3, 2, 4], b: [1, 4, 5], transposeA: false, transposeB: false },
    { a: [1, 4, 3], b: [3, 4, 5], transposeA: true, transposeB: false },
    { a: [4, 3], b: [6, 4, 2], transposeA: true, transposeB: false },
  ];

  test.each(products)('matMul $a · $b transposed $transposeA $transposeB', async (p) => {
    await expectAsOnCpu(() => {
      const a = random('a', p.a);
      const b = random('b', p.b);
      const apply = (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b, p.transposeA, p.transposeB);
      const y = apply(a, b);
      // The stock gradient does not sum over a broadcast batch: values only.
      if (p.a.slice(0, -2).join() !== p.b.slice(0, -2).join()) return [y];
      return [y, ...tf.grads(apply)([a, b], random('dy', y.shape))];
    });
  });

  test('fused matMul with bias, of more than is packed at a time', async () => {
    await expectAsOnCpu(() => {
      const [a, b, bias] = [random('a', [20, 600]), random('b', [600, 33]), random('bias', [33])];
      return [
        tf.fused.matMul({ a, b, transposeA: false, transposeB: false, bias, activation: 'linear' }),
      ];
    });
  });

  test.each(['linear', 'relu', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const)(
    'fused matMul with bias, transposes and %s',
    async (activation) => {
      await expectAsOnCpu(() => {
        const apply = (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor) =>
          tf.fused.matMul({
            a,
            b,
            transposeA: true,
            transposeB: true,
            bias,
            activation,
            leakyreluAlpha: 0.3,
            ...(activation === 'prelu' && { preluActivationWeights: random('alpha', [1, 9]) }),
          });
        const inputs = [random('a', [13, 6]), random('b', [9, 13]), random('bias', [9])];
        const y = apply(...(inputs as [tf.Tensor, tf.Tensor, tf.Tensor]));
        return [y, ...tf.grads(apply)(inputs, random('dy', y.shape))];
      });
    },
  );
});

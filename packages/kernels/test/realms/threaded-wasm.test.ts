import { useThreadedWasm } from '@fbsd/kernels/node';
import * as tf from '@tensorflow/tfjs-core';

/*
 * In Jest as it is, whose tests have classes of their own (SharedArrayBuffer, typed arrays, …) beside those of Node;
 * all other tests here share Node's.
 */
test('threads start and compute where Node has other classes than the program', async () => {
  const wasm = await useThreadedWasm({ threads: 2 });
  tf.tidy(() => {
    const ones = tf.ones([300, 300]);
    const product = tf.matMul(ones, ones);
    expect(product.dataSync().every((x) => x === 300)).toBe(true);
    expect(tf.sum(product).dataSync()[0]).toBe(300 ** 3);
  });
  await wasm.dispose();
});

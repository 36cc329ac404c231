import * as tf from '@tensorflow/tfjs-core';
import { emptyCases } from '../../support/empty-cases.ts';
import { read } from '../../support/reference.ts';
import { describeWasm } from '../../support/wasm.ts';

describeWasm(() => {
  test.each(emptyCases)('%s equals that of cpu', async (_, run) => {
    await tf.setBackend('cpu');
    const expected = await read(run);
    await tf.setBackend('wasm');
    const actual = await read(run);
    const plain = (values: typeof actual) =>
      values.map(({ shape, data }) => ({ shape, data: Array.from(data, (x) => x + 0) }));
    expect(plain(actual)).toEqual(plain(expected)); // but for −0
  });
});

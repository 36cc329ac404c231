import { BACKENDS } from '@fbsd/testing';
import { topKMean, topKPool } from '@fbsd/topk-pool';
import { ones, setBackend } from '@tensorflow/tfjs-core';

beforeAll(async () => {
  await setBackend(BACKENDS[0]);
});

test.each([
  [{ kk: 5 }, "there is no option 'kk'. Did you mean 'k'?"],
  [{ topK: 5 }, "there is no option 'topK'."],
  [{ k: '3' }, "k must be a number; got '3'."],
  [3, 'expects options such as { k: … }; got 3.'],
  [Promise.resolve({}), 'got a Promise. Await it.'],
])('topKPool(%p) and topKMean say what is wrong', (args, message) => {
  const given = args as Parameters<typeof topKPool>[0];
  expect(() => topKPool(given)).toThrow(message);
  expect(() => topKMean(ones([1, 9, 1]), given)).toThrow(message);
});

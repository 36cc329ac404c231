import { diversify, type FDMArgs, type FDMOptions, fdm } from '@fbsd/fdm';
import { BACKENDS } from '@fbsd/testing';
import { ones, setBackend } from '@tensorflow/tfjs-core';
import { input, type SymbolicTensor } from '@tensorflow/tfjs-layers';

beforeAll(async () => {
  await setBackend(BACKENDS[0]);
});

test.each([
  [{ gama: 1 }, "there is no option 'gama'. Did you mean 'gamma'? It takes gamma, scale"],
  [{ gamma: '3' }, "gamma must be a finite number; got '3'."],
  [null, 'expects options such as { gamma: … }; got null.'],
  [Promise.resolve({}), 'got a Promise. Await it.'],
])('fdm(%p) and diversify say what is wrong', (args, message) => {
  expect(() => fdm(args as FDMArgs)).toThrow(message);
  expect(() => diversify([ones([1, 2, 2]), ones([1, 3, 2])], args as FDMOptions)).toThrow(message);
});

test('as many maps come out as go in, for the types too', () => {
  const maps = [input({ shape: [4, 4, 2] }), input({ shape: [2, 2, 2] })] as const;
  const [a, b] = fdm().apply(maps);
  const both: readonly [SymbolicTensor, SymbolicTensor] = [a, b]; // compiles under noUncheckedIndexedAccess
  expect(both.map(({ shape }) => shape)).toEqual([
    [null, 4, 4, 2],
    [null, 2, 2, 2],
  ]);
  const [c, d] = fdm().apply([ones([1, 4, 4, 2]), ones([1, 2, 2, 2])]);
  expect([c.shape, d.shape]).toEqual([
    [1, 4, 4, 2],
    [1, 2, 2, 2],
  ]);
  const list: SymbolicTensor[] = fdm().apply([...maps] as SymbolicTensor[]);
  expect(list).toHaveLength(2);
  const [e, f] = diversify([ones([1, 4, 4, 2]), ones([1, 2, 2, 2])]);
  expect([e.size, f.size]).toEqual([32, 8]);
});

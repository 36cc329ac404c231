import { expectClose, signal, type Tolerance, toTensor, type Values } from '@fbsd/testing';
import { dispose, getBackend, setBackend, type Tensor, tidy } from '@tensorflow/tfjs-core';

/** A pseudo-random tensor, the same on every backend. */
export function random<T extends Tensor>(name: string, shape: number[]): T {
  return toTensor<T>(signal(name, shape));
}

/** Asserts that `f` gives the same on the current backend as on cpu, the numerical reference. */
export async function expectAsOnCpu(f: () => Tensor[], tolerance?: Tolerance): Promise<void> {
  const backend = getBackend();
  await setBackend('cpu');
  const expected = await read(f);
  await setBackend(backend);
  const actual = await read(f);
  expect(actual.length).toBe(expected.length);
  actual.forEach((values, i) => {
    expectClose(values, expected[i] as Values, tolerance);
  });
}

/** The values of what `f` computes. */
export async function read(f: () => Tensor[]): Promise<Values[]> {
  const tensors = tidy(f);
  const values = await Promise.all(
    tensors.map(async (t) => ({ shape: t.shape, data: await t.data() })),
  );
  dispose(tensors);
  return values;
}

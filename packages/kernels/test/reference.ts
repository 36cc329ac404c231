import { expectClose, signal, type Tolerance, toTensor, type Values } from '@fbsd/testing';
import { dispose, setBackend, type Tensor, tidy } from '@tensorflow/tfjs-core';

/** A pseudo-random tensor, the same on every backend. */
export function random<T extends Tensor>(name: string, shape: number[]): T {
  return toTensor<T>(signal(name, shape));
}

/** The values of what `f` computes on the cpu backend; leaves wasm as the current backend. */
async function onCpu(f: () => Tensor[]): Promise<Values[]> {
  await setBackend('cpu');
  const values = read(f);
  await setBackend('wasm');
  return values;
}

/** Asserts that `f` gives the same on wasm as on cpu, the numerical reference. */
export async function expectAsOnCpu(f: () => Tensor[], tolerance?: Tolerance): Promise<void> {
  const expected = await onCpu(f);
  const actual = read(f);
  expect(actual.length).toBe(expected.length);
  actual.forEach((values, i) => {
    expectClose(values, expected[i] as Values, tolerance);
  });
}

function read(f: () => Tensor[]): Values[] {
  const tensors = tidy(f);
  const values = tensors.map((t) => ({ shape: t.shape, data: t.dataSync() }));
  dispose(tensors);
  return values;
}

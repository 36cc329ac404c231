import { valuesInPlace } from '@fbsd/kernels';
import { keep, type NamedTensorMap, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { Communicator } from './communicator.ts';

/** An array from so many values on, a megabyte, is added up where it lies: to copy it costs more than a message. */
const LARGE = 2 ** 18;

/**
 * Adds up tensors of all processes. On wasm that changes their values where they lie; elsewhere the sums are new tensors, and
 * the given ones are disposed.
 *
 * @param tensors float32, kept; of the same names and shapes in all processes
 * @returns the sums, kept
 */
export async function sumTensors(
  tensors: NamedTensorMap,
  communicator: Communicator,
): Promise<NamedTensorMap> {
  const all = Object.values(tensors);
  if (all.every(isInPlace)) {
    sumArrays(
      all.map((x) => valuesInPlace(x) as Float32Array),
      communicator,
    );
    return tensors;
  }
  const values = await Promise.all(all.map(async (x) => (await x.data<'float32'>()).slice()));
  sumArrays(values, communicator);
  return Object.fromEntries(
    Object.entries(tensors).map(([name, before], i) => {
      const sum = keep(tensor(values[i] as Float32Array, before.shape));
      before.dispose();
      return [name, sum];
    }),
  );
}

function isInPlace(x: Tensor): boolean {
  return valuesInPlace(x) !== null;
}

/** Adds up arrays of all processes, in place: small ones as a single one. */
function sumArrays(arrays: readonly Float32Array[], communicator: Communicator): void {
  const large = arrays.filter(({ length }) => length >= LARGE);
  const small = arrays.filter(({ length }) => length < LARGE);
  const together = new Float32Array(small.reduce((sum, { length }) => sum + length, 0));
  const places = placesOf(small);
  small.forEach((array, i) => {
    together.set(array, places[i]);
  });
  communicator.allReduceSum(...large, together);
  small.forEach((array, i) => {
    const place = places[i] as number;
    array.set(together.subarray(place, place + array.length));
  });
}

/** Where each array begins if they lie one after the other. */
function placesOf(arrays: readonly Float32Array[]): number[] {
  let end = 0;
  return arrays.map(({ length }) => {
    end += length;
    return end - length;
  });
}

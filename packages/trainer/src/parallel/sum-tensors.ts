import { valuesInPlace } from '@fbsd/kernels';
import { keep, type NamedTensorMap, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { Communicator } from './communicator.ts';

/** Values that are added up at once, some 25 MB: beyond that a larger message is not faster. */
const BUCKET = 6_553_600;
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

/** Adds up arrays of all processes, in place: small ones many at a time. */
function sumArrays(arrays: readonly Float32Array[], communicator: Communicator): void {
  communicator.allReduceSum(...arrays.filter(({ length }) => length >= LARGE));
  let bucket: Float32Array[] = [];
  let length = 0;
  const empty = () => {
    if (length > 0) sumTogether(bucket, length, communicator);
    bucket = [];
    length = 0;
  };
  for (const array of arrays) {
    if (array.length >= LARGE) continue;
    if (length + array.length > BUCKET) empty();
    bucket.push(array);
    length += array.length;
  }
  empty();
}

function sumTogether(
  arrays: readonly Float32Array[],
  length: number,
  communicator: Communicator,
): void {
  const all = new Float32Array(length);
  const places = arrays.map((_, i) => arrays.slice(0, i).reduce((sum, x) => sum + x.length, 0));
  arrays.forEach((array, i) => {
    all.set(array, places[i]);
  });
  communicator.allReduceSum(all);
  arrays.forEach((array, i) => {
    const place = places[i] as number;
    array.set(all.subarray(place, place + array.length));
  });
}

import { valuesInPlace } from '@fbsd/kernels';
import { io, type Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensor } from '../train/parameters.ts';
import { UserError } from '../user-error.ts';
import { bytesOf } from './check-weights.ts';
import type { Folder, Write } from './folder.ts';
import { RESTORE } from './json.ts';

/** Tensors that are read at once: a GPU takes its time to answer, and what is read of it is in memory twice. */
const AT_ONCE = 8;

/**
 * Writes a file of tensors, one after the other: to the byte what `io.encodeWeights` makes of them, but in memory once.
 *
 * @param tensors of numbers
 * @returns what they are, for the file that tells it
 */
export async function writeTensors(
  name: string,
  tensors: readonly NamedTensor[],
  write: Write,
): Promise<io.WeightsManifestEntry[]> {
  const specs = tensors.map(({ name, tensor: { shape, dtype } }) => ({
    name,
    shape,
    dtype: dtype as 'float32',
  }));
  const sizes = specs.map((spec) => bytesOf([spec]) as number);
  const bytes = new Uint8Array(sizes.reduce((total, size) => total + size, 0));
  let at = 0;
  for (let first = 0; first < tensors.length; first += AT_ONCE) {
    const copying = tensors.slice(first, first + AT_ONCE).map(({ tensor }, i) => {
      const place = bytes.subarray(at, at + (sizes[first + i] as number));
      at += place.length;
      return copyTo(place, tensor);
    });
    await Promise.all(copying);
  }
  await write(name, bytes);
  return specs;
}

async function copyTo(place: Uint8Array, tensor: Tensor): Promise<void> {
  const { buffer, byteOffset, byteLength } = valuesInPlace(tensor) ?? (await tensor.data());
  place.set(new Uint8Array(buffer, byteOffset, byteLength));
}

/** The bytes of a file of tensors, and what they are. */
export interface EncodedTensors {
  bytes: Uint8Array;
  specs: io.WeightsManifestEntry[];
}

/**
 * Reads a file of tensors, but makes none of it.
 *
 * @param source the file that says what they are
 * @throws UserError that names the file when it has another size
 */
export async function readTensors(
  folder: Folder,
  name: string,
  specs: io.WeightsManifestEntry[],
  source: string,
): Promise<EncodedTensors> {
  const bytes = await folder.read(name);
  const expected = bytesOf(specs);
  if (bytes.length === expected) return { bytes, specs };
  throw new UserError(
    `[@fbsd/trainer] ${folder.pathOf(name)}: expected ${expected} bytes, as ${source} says; got ${bytes.length}. ${RESTORE}`,
  );
}

/** Makes the tensors, which are then the caller's. */
export function decodeTensors({ bytes, specs }: EncodedTensors): NamedTensor[] {
  const tensors = io.decodeWeights(bufferOf(bytes), specs);
  return Object.entries(tensors).map(([name, tensor]) => ({ name, tensor }));
}

/** A buffer of these bytes alone: a copy where they lie in one with others, as in a pool that they were read into. */
export function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  return isWhole ? buffer : new Uint8Array(buffer, byteOffset, byteLength).slice().buffer;
}

import { type FileHandle, open } from 'node:fs/promises';
import type { ByteSource, StateDict } from '../weights/index.ts';
import { readWeights, WeightFileError } from '../weights/index.ts';

/** Node reads at most 2 GiB at once. */
const MAX_PIECE = 2 ** 30;

/**
 * Reads the tensors of a PyTorch file (.pth, .pt: zip or the format before 1.6) or of a .safetensors
 * file, as `readStateDict` of '@fbsd/backbones' does, from a path: only the bytes of the tensors are
 * read, once, into the memory that they stay in.
 *
 * @throws WeightFileError for a file that is missing, damaged, hostile or of another kind
 */
export async function readStateDict(path: string | URL): Promise<StateDict> {
  const name = String(path);
  const handle = await attempt(name, 'opened', open(path));
  try {
    const { size } = await attempt(name, 'read', handle.stat());
    return await readWeights(fileSource(name, handle, size));
  } finally {
    await handle.close();
  }
}

function fileSource(name: string, handle: FileHandle, size: number): ByteSource {
  const read = async (offset: number, length: number) => {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const piece = Math.min(length - done, MAX_PIECE);
      const reading = handle.read(bytes, done, piece, offset + done);
      const { bytesRead } = await attempt(name, 'read', reading);
      if (bytesRead === 0) {
        throw new WeightFileError(name, `it became shorter than ${size} bytes while it was read.`);
      }
      done += bytesRead;
    }
    return bytes;
  };
  return { name, size, read };
}

/** What the file system refuses is about the file: says so, and keeps it as the cause. */
async function attempt<T>(name: string, done: 'opened' | 'read', work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const message = `it cannot be ${done}: ${(error as Error).message}.`;
    throw new WeightFileError(name, message, { cause: error });
  }
}

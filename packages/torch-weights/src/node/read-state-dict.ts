import { type FileHandle, open } from 'node:fs/promises';
import type { ByteSource } from '../read/byte-source.ts';
import { readWeights } from '../read/read-state-dict.ts';
import type { StateDict } from '../state-dict.ts';
import { WeightFileError } from '../weight-file-error.ts';
import { attempt, MAX_PIECE } from './attempt.ts';

/**
 * Reads the tensors of a PyTorch file (.pth, .pt: zip or the format before 1.6) or of a .safetensors
 * file, as `readStateDict` of '@fbsd/torch-weights' does, from a path: only the bytes of the tensors are
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

import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkKnown } from '../known-options.ts';
import type { StateDict } from '../state-dict.ts';
import { quoted } from '../weight-file-error.ts';
import type { Pieces } from '../write/pieces.ts';
import { pthPieces } from '../write/pth.ts';
import { safetensorsPieces } from '../write/safetensors.ts';
import { attempt, MAX_PIECE } from './attempt.ts';

/** Options of {@link writeStateDict}. */
export interface WriteOptions {
  /** @default by the ending of the path: `.pth` and `.pt`, or `.safetensors` */
  format?: 'pth' | 'safetensors';
}

const FORMATS = { pth: pthPieces, safetensors: safetensorsPieces };
const ENDINGS: ReadonlyMap<string, keyof typeof FORMATS> = new Map([
  ['.pth', 'pth'],
  ['.pt', 'pth'],
  ['.safetensors', 'safetensors'],
]);

/**
 * Writes tensors to a PyTorch file or a .safetensors file, as `encodePth` and `encodeSafetensors` of
 * '@fbsd/torch-weights' do, without a copy of the file in memory.
 *
 * A file that is there is replaced when the new one is complete and on the disk: a crash or a full disk
 * leaves the old one as it was.
 *
 * @param dict tensors by name
 * @throws WeightFileError when the file system refuses
 * @throws Error for a path of another ending without `format`, or a tensor whose dtype, shape and data do not
 *   belong together
 */
export async function writeStateDict(
  path: string | URL,
  dict: StateDict,
  options: WriteOptions = {},
): Promise<void> {
  checkKnown('[@fbsd/torch-weights] writeStateDict', options, ['format']);
  const file = path instanceof URL ? fileURLToPath(path) : path;
  const pieces = FORMATS[formatOf(file, options)](dict);
  const beside = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await attempt(file, 'written', open(beside, 'wx'));
    try {
      await writePieces(file, handle, pieces);
    } finally {
      await handle.close();
    }
    await attempt(file, 'written', rename(beside, file));
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

function formatOf(file: string, { format }: WriteOptions): keyof typeof FORMATS {
  const known = format ?? ENDINGS.get(extname(file).toLowerCase());
  if (known !== undefined && Object.hasOwn(FORMATS, known)) return known;
  throw new Error(
    `[@fbsd/torch-weights] writeStateDict: the path must end in one of ${[...ENDINGS.keys()].join(', ')}, or ` +
      `format be one of ${Object.keys(FORMATS).join(', ')}; got ${JSON.stringify(file)} and ${format === undefined ? 'no format' : quoted(format)}.`,
  );
}

async function writePieces(file: string, handle: FileHandle, pieces: Pieces): Promise<void> {
  for (const piece of pieces) {
    for (let done = 0; done < piece.length; ) {
      const length = Math.min(piece.length - done, MAX_PIECE);
      const writing = handle.write(piece, done, length);
      done += (await attempt(file, 'written', writing)).bytesWritten;
    }
  }
  await attempt(file, 'written', handle.sync());
}

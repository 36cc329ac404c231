import { type ZipRecord, zipPieces } from '../../src/write/zip.ts';
import { SparseSource } from './sparse-source.ts';

/** A record of these bytes. */
export const record = (name: string, data: Uint8Array<ArrayBuffer>): ZipRecord => ({
  name,
  size: data.length,
  read: () => data,
});

/** The second record of {@link largeArchive}. */
export const SMALL = Uint8Array.of(4, 5);
export const LARGE = 5 * 2 ** 30;

/** An archive of two records of 5 GiB, of which nothing is stored, and a small one between them. */
export function largeArchive(): SparseSource {
  const stump = Uint8Array.of(1, 2, 3);
  const records = [
    { name: 'large', size: LARGE, read: () => stump },
    record('behind it', SMALL),
    { name: 'large, behind it', size: LARGE, read: () => stump },
  ];
  const file = new SparseSource();
  for (const piece of zipPieces(records, 64)) {
    file.add(piece, piece === stump ? LARGE : piece.length);
  }
  return file;
}

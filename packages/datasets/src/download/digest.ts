import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { namingPath } from '../files/disk-error.ts';
import type { RemoteFile, Transfer } from './fetch-file.ts';

/**
 * Compares a file with the digest that it should have.
 *
 * @returns what is wrong: `the MD5 …; expected …`; null if nothing is, or no digest is known
 */
export async function differenceOf(
  file: string,
  { md5, sha256 }: Pick<RemoteFile, 'md5' | 'sha256'>,
  onProgress: (transfer: Transfer) => void,
): Promise<string | null> {
  const expected = sha256 ?? md5;
  if (expected === undefined) return null;
  const [algorithm, name] = sha256 === undefined ? ['md5', 'MD5'] : ['sha256', 'SHA-256'];
  const total = (await stat(file)).size;
  const found = await digestOf(file, algorithm as string, (done) =>
    onProgress({ step: 'checking', file: basename(file, '.part'), done, total }),
  );
  if (found.startsWith(expected.toLowerCase())) return null;
  return `the ${name} ${found}; expected ${expected}${expected.length < found.length ? '…' : ''}`;
}

async function digestOf(
  file: string,
  algorithm: string,
  onBytes: (done: number) => void,
): Promise<string> {
  const hash = createHash(algorithm);
  let done = 0;
  const read = async () => {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
      hash.update(chunk);
      done += chunk.length;
      onBytes(done);
    }
  };
  await namingPath(file, read());
  return hash.digest('hex');
}

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { encodePth, encodeSafetensors, WeightFileError } from '@fbsd/torch-weights';
import { readStateDict, type WriteOptions, writeStateDict } from '@fbsd/torch-weights/node';
import { EVERY_DTYPE, tensor } from './support/tensors.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fbsd-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const at = (name: string) => join(folder, name);
const bytesOf = async (name: string) => new Uint8Array(await readFile(at(name)));

test.each([
  ['w.pth', encodePth, {}],
  ['w.pt', encodePth, {}],
  ['w.PTH', encodePth, {}],
  ['w.safetensors', encodeSafetensors, {}],
  ['w.bin', encodePth, { format: 'pth' }],
  ['w', encodeSafetensors, { format: 'safetensors' }],
  ['other.pth', encodeSafetensors, { format: 'safetensors' }],
] as const)('%s has the bytes of its format, and comes back', async (name, encode, options) => {
  await writeStateDict(at(name), EVERY_DTYPE, options);
  expect(await bytesOf(name)).toEqual(encode(EVERY_DTYPE));
  expect(await readStateDict(at(name))).toEqual(EVERY_DTYPE);
  expect(await readdir(folder)).toEqual([name]);
});

test('to a URL', async () => {
  const url = new URL('with space.pth', `${pathToFileURL(folder)}/`);
  await writeStateDict(url, EVERY_DTYPE);
  expect(await readStateDict(url)).toEqual(EVERY_DTYPE);
});

test('replaces a file, also by what was read of it', async () => {
  const dict = new Map([['w', tensor('float32', [1], Float32Array.of(1))]]);
  await writeStateDict(at('w.pth'), EVERY_DTYPE);
  await writeStateDict(at('w.pth'), dict);
  await writeStateDict(at('w.pth'), await readStateDict(at('w.pth')));
  expect(await readStateDict(at('w.pth'))).toEqual(dict);
});

describe('when it fails', () => {
  const old = new TextEncoder().encode('old');
  /** A tensor whose memory is lost after `reads` looks at it. */
  const lostAfter = (reads: number) => {
    let left = reads;
    return Object.defineProperty(tensor('float32', [1], Float32Array.of(1)), 'data', {
      get: () => {
        if (left-- === 0) throw new Error('the memory is lost');
        return Float32Array.of(1);
      },
    });
  };

  test.each(['w.pth', 'w.safetensors'])('half-way: the old %s stays, alone', async (name) => {
    await writeFile(at(name), old);
    let failed = 0;
    for (let reads = 0; ; reads++) {
      const dict = new Map([...EVERY_DTYPE, ['lost', lostAfter(reads)]]);
      const error = await writeStateDict(at(name), dict).catch((error: Error) => error);
      if (!error) break;
      failed++;
      expect(error.message).toBe('the memory is lost');
      expect(await bytesOf(name)).toEqual(old);
      expect(await readdir(folder)).toEqual([name]);
    }
    expect(failed).toBeGreaterThan(1); // checked first, written at last
    expect((await readStateDict(at(name))).size).toBe(EVERY_DTYPE.size + 1);
  });

  test('a folder in the place of the file: nothing is left beside it', async () => {
    await mkdir(at('w.pth/inside'), { recursive: true });
    const writing = writeStateDict(at('w.pth'), EVERY_DTYPE);
    await expect(writing).rejects.toThrow(WeightFileError);
    await expect(writing).rejects.toThrow(/w\.pth: it cannot be written: /);
    expect(await readdir(folder)).toEqual(['w.pth']);
  });

  test('a folder that is not there', async () => {
    await expect(writeStateDict(at('nowhere/w.pth'), EVERY_DTYPE)).rejects.toThrow(
      /^\[@fbsd\/torch-weights] .*nowhere.w\.pth: it cannot be written: ENOENT/,
    );
  });

  test.each([
    ['w.bin', {}, /end in one of \.pth, \.pt, \.safetensors, .*; got ".*w\.bin" and no format/],
    [
      'w.pth',
      { format: 'toString' },
      /format be one of pth, safetensors; got ".*w\.pth" and "toString"/,
    ],
  ])('an unknown format of %s, before anything is written', async (name, options, message) => {
    const writing = writeStateDict(at(name), EVERY_DTYPE, options as WriteOptions);
    await expect(writing).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual([]);
  });
});

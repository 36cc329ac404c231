import { deflateRawSync } from 'node:zlib';
import { uniform } from '@fbsd/testing';
import { WeightFileError } from '@fbsd/torch-weights';
import { bytesSource } from '../src/read/byte-source.ts';
import { readZipDirectory, readZipRecord } from '../src/read/zip-archive.ts';
import { zipPieces } from '../src/write/zip.ts';
import { LARGE, largeArchive, record, SMALL } from './support/large-archive.ts';
import { bytes, u32, u64, zip } from './support/pickle.ts';

/** What an archive holds, by name. */
async function contents(file: Uint8Array<ArrayBuffer>): Promise<Record<string, Uint8Array>> {
  const source = bytesSource('x.zip', file);
  const found: Record<string, Uint8Array> = {};
  for (const each of await readZipDirectory(source)) {
    found[each.name] = await readZipRecord(source, each);
  }
  return found;
}

/** Why an archive is refused; fails where the error is not the package's own. */
async function refusal(file: Uint8Array<ArrayBuffer>): Promise<string> {
  const error = await contents(file).then(
    () => new Error('it was read'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof WeightFileError)) throw error;
  return error.message;
}

/** A copy with bytes replaced, from the start or, if `at` is negative, from the end. */
function patched(file: Uint8Array<ArrayBuffer>, at: number, ...values: number[]) {
  const copy = file.slice();
  copy.set(values, at < 0 ? copy.length + at : at);
  return copy;
}

const END = -22;
const text = bytes('some text');
const plain = zip([{ name: 'a', data: text }]);
/** Where the directory of {@link plain} begins. */
const DIRECTORY = 30 + 1 + text.length;

test('stored and deflated records, empty ones, folders, a comment', async () => {
  const long = Uint8Array.from({ length: 200_000 }, (_, i) => Math.floor(4 * uniform('zip', i)));
  const file = zip([
    { name: 'stored', data: text },
    { name: 'deflated', data: long, deflate: true },
    { name: 'nothing', data: bytes() },
    { name: 'nothing, deflated', data: bytes(), deflate: true },
    { name: 'folder/', data: bytes() },
  ]);
  expect(deflateRawSync(long).length).toBeGreaterThan(2 ** 15); // is handed over in pieces
  const expected = {
    stored: text,
    deflated: long,
    nothing: bytes(),
    'nothing, deflated': bytes(),
    'folder/': bytes(),
  };
  expect(await contents(file)).toEqual(expected);
  const comment = bytes('PK', 5, 6, 'looks like an end'); // but no comment reaches to the end from there
  expect(await contents(bytes(patched(file, -2, comment.length), comment))).toEqual(expected);
});

test('a record in memory is not copied', async () => {
  expect((await contents(plain))['a']?.buffer).toBe(plain.buffer);
});

test('records and archives of more than 4 GiB; only what is asked for is read', async () => {
  const source = largeArchive();
  const found = await readZipDirectory(source);
  expect(found.map(({ name, size }) => [name, size])).toEqual([
    ['large', LARGE],
    ['behind it', 2],
    ['large, behind it', LARGE],
  ]);
  expect(found[2]?.offset).toBeGreaterThan(LARGE);
  expect(await readZipRecord(source, found[1] as (typeof found)[1])).toEqual(SMALL);
  expect(source.bytesRead).toBeLessThan(2 ** 17);
});

test('more records than 16 bits count', async () => {
  const records = Array.from({ length: 65_536 }, (_, i) => record(`${i}`, Uint8Array.of(i & 0xff)));
  const whole = new Blob([...zipPieces(records, 64)]);
  const source = bytesSource('x.zip', new Uint8Array(await whole.arrayBuffer()));
  const found = await readZipDirectory(source);
  expect(found).toHaveLength(65_536);
  expect(await readZipRecord(source, found.at(-1) as (typeof found)[0])).toEqual(
    Uint8Array.of(255),
  );
});

describe('refused', () => {
  const count64 = patched(plain, END + 8, 255, 255, 255, 255);
  /** {@link plain} with the end record of 64 bits and its locator. */
  const withEnd64 = (values: { locator?: number; end64?: number; count?: bigint } = {}) => {
    const { locator = 0x07064b50, end64 = 0x06064b50, count = 1n } = values;
    const directory = plain.slice(DIRECTORY, END);
    return bytes(
      plain.slice(0, END),
      [u32(end64), u64(44), u32(0), u32(0), u32(0), u64(count), u64(count)],
      [u64(directory.length), u64(DIRECTORY), u32(locator), u32(0), u64(plain.length - 22), u32(1)],
      count64.slice(END),
    );
  };
  test('the archive of 64 bits that the cases are made of is read', async () => {
    expect(await contents(withEnd64())).toEqual({ a: text });
  });

  test.each([
    ['no end', plain.slice(0, -1), 'the record that ends an archive is missing. It is cut off'],
    ['bytes behind the end', bytes(plain, 0), 'the record that ends an archive is missing'],
    ['a directory beyond the file', patched(plain, END + 12, 255), 'are announced, but the file'],
    ['a directory of 2 GiB', patched(plain, END + 15, 127), 'directory takes 2130706', 'too many'],
    ['a directory elsewhere', patched(plain, END + 16, 1), 'holds something else than records'],
    ['more records than there are', patched(plain, END + 10, 2), '4 bytes are announced'],
    ['a count of 16 bits that is no count', count64, 'zip64 locator is missing'],
    ['no locator', withEnd64({ locator: 1 }), 'zip64 locator is missing'],
    ['no end record of 64 bits', withEnd64({ end64: 1 }), 'zip64 end record is missing'],
    ['too many records', withEnd64({ count: 2n ** 40n }), '4 bytes are announced'],
    ['a count that no double holds', withEnd64({ count: 2n ** 63n }), '9223372036854775808 bytes'],
    ['no header', patched(plain, 0, 0), 'at byte 0 record "a" should begin'],
    ['data beyond the file', patched(plain, 28, 255, 255), 'are announced, but the file ends'],
    [
      'another size',
      patched(plain, DIRECTORY + 24, 8),
      'record "a" has 9 bytes, but should have 8',
    ],
    ['sizes of 64 bits, missing', patched(plain, DIRECTORY + 24, 255, 255, 255, 255), 'lacks its'],
    ['encryption', patched(plain, DIRECTORY + 8, 1), 'record "a" is encrypted'],
    ['another method', patched(plain, DIRECTORY + 10, 12), 'compressed by method 12'],
    ['what is not deflated', patched(plain, DIRECTORY + 10, 8), 'zip archive cannot be read'],
  ] as [string, Uint8Array<ArrayBuffer>, ...string[]][])('%s', async (_, file, ...messages) => {
    const message = await refusal(file);
    for (const each of messages) expect(message).toContain(each);
    expect(message).toMatch(/^\[@fbsd\/torch-weights] x\.zip/);
  });

  test('cut off at every byte', async () => {
    for (let length = 0; length < plain.length; length++) {
      expect(await refusal(plain.slice(0, length))).toContain('It is cut off or damaged');
    }
  });

  test('a bomb ends at the first byte too many', async () => {
    const data = new Uint8Array(2 ** 26);
    const bomb = zip([{ name: 'a', data, deflate: true, announced: 1000 }]);
    expect(await refusal(bomb)).toContain(
      'decompressed size should be 1000 bytes, but there are more',
    );
  });
});

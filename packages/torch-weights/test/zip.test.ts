import { encodePth } from '@fbsd/torch-weights';
import { unzipRaw } from 'unzipit';
import { Cursor } from '../src/read/cursor.ts';
import { unpickle } from '../src/read/unpickle.ts';
import { crc32 } from '../src/write/crc32.ts';
import { Pickler } from '../src/write/pickler.ts';
import { zipPieces } from '../src/write/zip.ts';
import { LARGE, largeArchive, record, SMALL } from './support/large-archive.ts';
import { SparseSource } from './support/sparse-source.ts';
import { EVERY_DTYPE } from './support/tensors.ts';

test('the checksum is that of zip', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  const bytes = Uint8Array.from({ length: 45 }, (_, i) => (i * i * 7) & 0xff);
  for (let start = 0; start < 5; start++) {
    for (let end = start; end <= bytes.length; end++) {
      const part = bytes.subarray(start, end);
      let crc = 0xffffffff; // bit by bit
      for (const byte of part) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
      }
      expect(crc32(part)).toBe(~crc >>> 0);
    }
  }
});

test('a .pth has what PyTorch looks for, each at a multiple of 64 bytes and not compressed', () => {
  const file = encodePth(EVERY_DTYPE);
  const view = new DataView(file.buffer);
  const names: string[] = [];
  let position = 0;
  while (view.getUint32(position, true) === 0x04034b50) {
    const [nameLength, extraLength] = [26, 28].map((at) => view.getUint16(position + at, true));
    const size = view.getUint32(position + 22, true);
    const start = position + 30 + (nameLength as number) + (extraLength as number);
    names.push(
      new TextDecoder().decode(
        file.subarray(position + 30, position + 30 + (nameLength as number)),
      ),
    );
    expect(view.getUint16(position + 8, true)).toBe(0); // stored
    expect(view.getUint32(position + 18, true)).toBe(size);
    expect(view.getUint32(position + 14, true)).toBe(crc32(file.subarray(start, start + size)));
    expect(start % 64).toBe(0);
    position = start + size;
  }
  expect(names).toEqual([
    'archive/data.pkl',
    'archive/byteorder',
    ...[...EVERY_DTYPE.keys()].map((_, key) => `archive/data/${key}`),
    'archive/version',
  ]);
});

// Read by another library: what is written is zip by others' understanding, too.
test('records and archives of more than 4 GiB', async () => {
  const file = largeArchive();
  const { entries } = await unzipRaw(file);
  expect(entries.map(({ name, size }) => [name, size])).toEqual([
    ['large', LARGE],
    ['behind it', 2],
    ['large, behind it', LARGE],
  ]);
  expect(new Uint8Array((await entries[1]?.arrayBuffer()) as ArrayBuffer)).toEqual(SMALL);
});

test('more records than 16 bits count', async () => {
  const records = Array.from({ length: 65_536 }, (_, i) => record(`${i}`, Uint8Array.of(i & 0xff)));
  const file = new SparseSource();
  const whole = new Blob([...zipPieces(records, 64)]);
  file.add(new Uint8Array(await whole.arrayBuffer()));
  const { entries } = await unzipRaw(file);
  expect(entries).toHaveLength(65_536);
  expect(new Uint8Array((await entries.at(-1)?.arrayBuffer()) as ArrayBuffer)).toEqual(
    Uint8Array.of(255),
  );
});

test('whole numbers of any size in a pickle', () => {
  const values = [0, 1, 255, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER];
  const pickler = new Pickler();
  pickler.counts(values);
  const context = {
    global: () => {
      throw new Error('none');
    },
    persistent: () => undefined,
    dropsState: () => false,
  };
  expect(unpickle(new Cursor('x', pickler.finish()), context)).toEqual(values);
});

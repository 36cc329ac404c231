import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { crc32c } from '../../src/tensorboard/crc32c.ts';
import { EventFile } from '../../src/tensorboard/event-file.ts';

const folder = temporaryFolder();

describe('crc32c', () => {
  // RFC 3720, B.4
  test.each([
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 × 0xff', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['the digits', new TextEncoder().encode('123456789'), 0xe3069283],
  ])('%s', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });
});

/** A field of a protocol buffer: its number and its value, numbers as they are read, the rest as bytes. */
type Field = [number, number | Buffer];

/** A plain reader of protocol buffers, to check the writer with. */
function parse(buffer: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = buffer[at++] as number;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  const take = (length: number) => {
    at += length;
    return buffer.subarray(at - length, at);
  };
  while (at < buffer.length) {
    const key = varint();
    const read = [
      varint,
      () => take(8).readDoubleLE(0),
      () => take(varint()),
      undefined,
      undefined,
      () => take(4).readFloatLE(0),
    ][key & 7] as () => number | Buffer;
    fields.push([key >> 3, read()]);
  }
  return fields;
}

const field = (fields: Field[], number: number) => fields.find(([n]) => n === number)?.[1];

/** The events of the only file in the folder; checksums are checked. */
function readEvents(): Field[][] {
  const [name] = readdirSync(folder());
  const file = readFileSync(join(folder(), name as string));
  const unmask = (masked: number) => {
    const rotated = (masked - 0xa282ead8) >>> 0;
    return ((rotated >>> 17) | (rotated << 15)) >>> 0;
  };
  const events: Field[][] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    expect(unmask(file.readUInt32LE(at + 8))).toBe(crc32c(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(unmask(file.readUInt32LE(at + 12 + length))).toBe(crc32c(data));
    events.push(parse(data));
    at += length + 16;
  }
  return events;
}

describe('EventFile', () => {
  test('a version, a restart, scalars and pictures', () => {
    const before = Date.now() / 1000;
    const events = new EventFile(folder(), 301);
    events.scalars(310, { 'loss/train': 1.5, 'accuracy/train': 0.25 });
    const png = Uint8Array.from({ length: 300 }, (_, i) => i % 256);
    events.images(310, [{ tag: 'a.jpg/level 1 boosted', width: 624, height: 480, png }]);

    expect(readdirSync(folder())[0]).toMatch(/^events\.out\.tfevents\.\d+\.\d+\./);
    const [version, start, scalars, images] = readEvents() as [Field[], Field[], Field[], Field[]];
    expect(String(field(version, 3))).toBe('brain.Event:2');
    expect(field(version, 1)).toBeGreaterThanOrEqual(before - 1);
    expect(field(start, 2)).toBe(301);
    expect(parse(field(start, 7) as Buffer)).toEqual([[1, 1]]);

    expect(field(scalars, 2)).toBe(310);
    const values = parse(field(scalars, 5) as Buffer).map(([number, value]) => {
      const fields = parse(value as Buffer);
      return [number, String(field(fields, 1)), field(fields, 2)];
    });
    expect(values).toEqual([
      [1, 'loss/train', 1.5],
      [1, 'accuracy/train', 0.25],
    ]);

    const [[, value]] = parse(field(images, 5) as Buffer) as [Field];
    const fields = parse(value as Buffer);
    expect(String(field(fields, 1))).toBe('a.jpg/level 1 boosted');
    const image = parse(field(fields, 4) as Buffer);
    expect([1, 2, 3].map((n) => field(image, n))).toEqual([480, 624, 3]);
    expect(Buffer.from(png).equals(field(image, 4) as Buffer)).toBe(true);
  });

  test('a later file comes after the earlier ones, also when the clock was set back', () => {
    const now = Date.now();
    const names = () => readdirSync(folder()).sort();
    new EventFile(folder(), 1);
    const first = names();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now - 86_400_000);
    try {
      new EventFile(folder(), 301).scalars(301, { 'loss/train': 1 });
    } finally {
      clock.mockRestore();
    }
    expect(names()).toHaveLength(2);
    expect(names()[0]).toBe(first[0]);
    const [, second] = names() as [string, string];
    const start = readFileSync(join(folder(), second)).readDoubleLE(13);
    expect(start).toBeGreaterThanOrEqual(now / 1000);
  });
});

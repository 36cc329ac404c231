import { readFile } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import { randomStream, UserError } from '@fbsd/trainer';
import { readMat } from '../src/mat/read.ts';
import { MatError, numberOf, numbersOf, structsOf, textOf, textsOf } from '../src/mat/values.ts';
import { matCells, matNumber, matStructs, matText, writeMat } from '../src/mat/write.ts';

const fixture = (name: string) => readFile(new URL(`./fixtures/mat/${name}`, import.meta.url));
const read = async (name: string) => readMat(await fixture(name), name);
const expected = JSON.parse((await fixture('expected.json')).toString());

const BOX = ['bbox_x1', 'bbox_y1', 'bbox_x2', 'bbox_y2'];

describe('readMat', () => {
  test('Stanford Cars in one file: struct array, cells, texts, numbers', async () => {
    const variables = await read('cars_annos.mat');
    const cars = structsOf(variables.get('annotations'), 'annotations').map((row) => ({
      path: textOf(row['relative_im_path'], 'path'),
      box: BOX.map((field) => numberOf(row[field], field)),
      label: numberOf(row['class'], 'class') - 1,
      test: numberOf(row['test'], 'test') === 1,
    }));
    expect(cars).toEqual(expected.cars);
    expect(textsOf(variables.get('class_names'), 'class_names')).toEqual(expected.class_names);
  });

  test.each(['cars_train_annos.mat', 'cars_test_annos_withlabels.mat'])(
    'Stanford Cars, the devkit: %s',
    async (name) => {
      const rows = structsOf((await read(name)).get('annotations'), name).map((row) => ({
        fname: textOf(row['fname'], 'fname'),
        box: BOX.map((field) => numberOf(row[field], field)),
        label: numberOf(row['class'], 'class') - 1,
      }));
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(expected.devkit).toContainEqual(row);
    },
  );

  test('the devkit without labels has no class', async () => {
    const [first] = structsOf(
      (await read('cars_test_annos.mat')).get('annotations'),
      'annotations',
    );
    expect(Object.keys(first ?? {})).not.toContain('class');
    const meta = await read('cars_meta.mat');
    expect(textsOf(meta.get('class_names'), 'class_names')).toEqual(expected.class_names);
  });

  test.each(['train', 'test'])('Stanford Dogs: the %s list', async (part) => {
    const variables = await read(`dogs_${part}_list.mat`);
    const files = textsOf(variables.get('file_list'), 'file_list');
    const labels = numbersOf(variables.get('labels'), 'labels');
    expect(files.map((file, i) => [file, (labels[i] as number) - 1])).toEqual(expected.dogs[part]);
  });

  test('what writeMat wrote', () => {
    const variables = {
      names: matCells([matText('F/A-18'), matText('Löwe'), matText('')]),
      rows: matStructs([
        { path: matText('a b.jpg'), class: matNumber(7), nested: matCells([matNumber(-1.5)]) },
        { path: matText('c.jpg'), class: matNumber(2 ** 40), nested: matCells([]) },
      ]),
      none: matStructs([]),
      matrix: { kind: 'numbers', dims: [2, 3], values: Float64Array.of(1, 2, 3, 4, 5, 6) },
    } as const;
    const back = readMat(writeMat(variables), 'x.mat');
    expect(Object.fromEntries(back)).toEqual(variables);
  });

  test('says what is wrong, and where', () => {
    const good = writeMat({ x: matCells([matText('abc')]) });
    const refused = (bytes: Uint8Array) => () => readMat(bytes, 'x.mat');
    expect(refused(good.subarray(0, 100))).toThrow('shorter than its header');
    expect(refused(new Uint8Array(200))).toThrow('no MAT-file of version 5');
    expect(refused(good.subarray(0, good.length - 9))).toThrow(
      /x\.mat: byte 128: .*claims \d+ bytes/,
    );
    const damaged = Uint8Array.from(good);
    damaged.fill(255, 150, 160);
    expect(refused(damaged)).toThrow('its compressed content is damaged');
  });

  test('believes no length: a cell array of 2³¹ cells', () => {
    const inner = Buffer.from(writeMat({ x: matCells([]) }));
    expect(inner.length).toBeGreaterThan(0);
    const element = Buffer.alloc(56);
    const words = [14, 48, 6, 8, 1, 0, 5, 8, 65_535, 32_768, 1, 0, 0, 0];
    words.forEach((word, i) => {
      element.writeUInt32LE(word, 4 * i);
    });
    const packed = deflateSync(element);
    const tag = Buffer.alloc(8);
    tag.writeUInt32LE(15, 0);
    tag.writeUInt32LE(packed.length, 4);
    const file = Buffer.concat([inner.subarray(0, 128), tag, packed]);
    expect(() => readMat(file, 'x.mat')).toThrow('arrays do not fit into the 8 bytes left');
  });

  /** A MAT-file of one variable, which is this element. */
  function fileOf(element: Buffer): Buffer {
    const packed = deflateSync(element);
    const tag = Buffer.alloc(8);
    tag.writeUInt32LE(15, 0);
    tag.writeUInt32LE(packed.length, 4);
    return Buffer.concat([writeMat({}).subarray(0, 128), tag, packed]);
  }

  /** The beginning of an array of a kind and size, whose content is so many bytes. */
  function head(kind: number, [rows, columns]: [number, number], content: number): Buffer {
    const words = [14, 48 + content, 6, 8, kind, 0, 5, 8, rows, columns, 1, 0];
    return Buffer.from(Uint32Array.from(words).buffer);
  }

  test.each([
    ['cells of nothing', head(1, [1, 2 ** 24], 2 ** 27), 14],
    ['bytes of text', head(4, [1, 2 ** 27], 2 ** 27), 0],
    ['names of fields', head(2, [0, 0], 2 ** 27), 0],
  ])('a small file cannot fill the memory: 128 MiB of %s', (_, begin, filler) => {
    const content = Buffer.alloc(2 ** 27);
    if (filler)
      new Uint32Array(content.buffer).forEach((_, i, words) => {
        if (i % 2 === 0) words[i] = filler;
      });
    const file = fileOf(Buffer.concat([begin, content]));
    expect(file.length).toBeLessThan(300_000);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => readMat(file, 'x.mat')).toThrow(/x\.mat: its arrays need more than \d+(\.\d)? MB/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 28);
  });

  test('numbers and texts of a file in the other byte order', () => {
    const bigEndian = (words: readonly number[]) => {
      const bytes = Buffer.alloc(4 * words.length);
      words.forEach((word, i) => {
        bytes.writeUInt32BE(word, 4 * i);
      });
      return bytes;
    };
    const header = Buffer.from(writeMat({}).subarray(0, 128));
    header.write('MI', 126);
    const numbers = [
      14, 56, 6, 8, 6, 0, 5, 8, 1, 2, 0x0001_0001, 0x78000000, 3, 4, 0x0001_ffff, 0x8000_0000,
    ];
    const word = [14, 56, 6, 8, 4, 0, 5, 8, 1, 2, 0x0001_0001, 0x79000000, 17, 4, 0x0046_00f6, 0];
    const file = Buffer.concat([header, bigEndian(numbers), bigEndian(word)]);
    const variables = readMat(file, 'x.mat');
    expect(variables.get('y')).toEqual({ kind: 'text', dims: [1, 2], text: 'Fö' });
    expect(variables.get('x')).toMatchObject({ kind: 'numbers', values: Int16Array.of(1, -1) });
  });

  test('thousands of damaged files end in an error of its own or in a result', async () => {
    const originals = await Promise.all(
      ['cars_annos.mat', 'dogs_train_list.mat', 'cars_train_annos.mat'].map(fixture),
    );
    const next = randomStream(7);
    let refused = 0;
    for (let i = 0; i < 3000; i++) {
      const bytes = Uint8Array.from(originals[i % originals.length] as Buffer);
      for (let n = 0; n < 1 + 4 * next(); n++) {
        bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
      }
      const cut = next() < 0.2 ? Math.floor(next() * bytes.length) : bytes.length;
      try {
        readMat(bytes.subarray(0, cut), 'x.mat');
      } catch (error) {
        expect(error).toBeInstanceOf(MatError);
        expect(error).toBeInstanceOf(UserError); // for the person who gave the file
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(100);
  });
});

describe('what a value is not', () => {
  test('is said with the place', () => {
    expect(() => textOf(matNumber(1), 'annotations(3).fname')).toThrow(
      '[@fbsd/datasets] annotations(3).fname: expected text; got numbers [1,1].',
    );
    expect(() => numberOf(undefined, 'labels')).toThrow('expected a number; got nothing');
    for (const strange of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const value = { kind: 'numbers', dims: [1, 1], values: [strange] } as const;
      expect(() => numberOf(value, 'bbox_x1')).toThrow(
        `bbox_x1: expected a number; got ${strange}.`,
      );
    }
    expect(() => textsOf(matCells([matText('a'), matNumber(1)]), 'names')).toThrow('names{2}');
  });
});

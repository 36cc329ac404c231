// Feeds the readers of data sets with damaged files: each has to end, in a result or in a UserError. See README.md.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { diskPicturesWithin, ensureMini, loadCub, miniCub } from '@fbsd/datasets';
import { randomStream, UserError } from '@fbsd/trainer';
import sharp from 'sharp';
import { unpack } from '../../packages/datasets/dist/download/unpack.js';
import { readMat } from '../../packages/datasets/dist/mat/read.js';

const MEMORY = 1.5e9; // bytes, resident
const SECONDS = 20; // for one file

const { values } = parseArgs({
  options: {
    reader: { type: 'string' },
    mutations: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'fbsd-fuzz-'));
const path = (/** @type {string} */ name) => join(folder, name);
const mat = (/** @type {string} */ name) =>
  readFileSync(new URL(`../../packages/datasets/test/fixtures/mat/${name}`, import.meta.url));

/**
 * @typedef {object} Reader
 * @property {Buffer[]} files that are damaged
 * @property {(bytes: Buffer, which: number) => Promise<unknown>} read reads one of them
 * @property {number} [head] bytes at the beginning that half of the changes go to
 */

/** @type {Readonly<Record<string, () => Promise<Reader>>>} */
const READERS = {
  async mat() {
    const files = ['cars_annos.mat', 'dogs_train_list.mat', 'cars_train_annos.mat'].map(mat);
    return { files, read: async (/** @type {Buffer} */ bytes) => readMat(bytes, 'x.mat') };
  },
  async tar() {
    const archive = readFileSync(
      new URL('../../packages/datasets/test/fixtures/mat/cars_annos.mat', import.meta.url),
    );
    const files = [gzipSync(tarOf('Images/a.mat', archive)), tarOf('Images/b.mat', archive)];
    const read = async (/** @type {Buffer} */ bytes) => {
      writeFileSync(path('x.tar'), bytes);
      rmSync(path('unpacked'), { recursive: true, force: true });
      await unpack(path('x.tar'), path('unpacked'));
    };
    return { files, read };
  },
  async pictures() {
    const photo = sharp({
      create: {
        width: 64,
        height: 48,
        channels: 3,
        background: 'black',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    });
    const formats = /** @type {const} */ (['jpeg', 'png', 'gif', 'webp', 'tiff', 'avif']);
    const files = await Promise.all(
      formats.map((format) => photo.clone().toFormat(format).toBuffer()),
    );
    const source = diskPicturesWithin({ maxSeconds: 5 });
    const read = async (/** @type {Buffer} */ bytes) => {
      writeFileSync(path('x.jpg'), bytes);
      const { data, width, height } = await source.read({ path: path('x.jpg') });
      if (data.length !== 3 * width * height) throw new Error('not three channels');
    };
    return { files, read, head: 100 };
  },
  async lists() {
    await ensureMini(miniCub, path('cub'), { trainPerClass: 2, testPerClass: 1, imageSize: 32 });
    const names = [
      'images.txt',
      'image_class_labels.txt',
      'train_test_split.txt',
      'classes.txt',
      'bounding_boxes.txt',
      'parts/part_locs.txt',
    ];
    const files = names.map((name) => readFileSync(path(`cub/${name}`)));
    /** @type {Reader['read']} */
    const read = async (bytes, which) => {
      writeFileSync(path(`cub/${names[which]}`), bytes);
      try {
        await loadCub(path('cub'));
      } finally {
        writeFileSync(path(`cub/${names[which]}`), /** @type {Buffer} */ (files[which]));
      }
    };
    return { files, read };
  },
};

/**
 * A tar of one file.
 *
 * @param {string} name
 * @param {Buffer} content
 */
function tarOf(name, content) {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        0', 148); // no sum yet, a file
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc(512 - (content.length % 512) + 1024)]);
}

/**
 * A copy with some bytes changed, sometimes cut off or with a piece repeated.
 *
 * @param {Buffer} original
 * @param {() => number} next random, below 1
 */
function mutate(original, next, head = original.length) {
  let bytes = Buffer.from(original);
  for (let n = 0; n < 1 + 6 * next(); n++) {
    const within = next() < 0.5 ? Math.min(head, bytes.length) : bytes.length;
    const extreme = [0, 255, 128, 127, 10, 92];
    bytes[Math.floor(next() * within)] =
      next() < 0.5 ? (extreme[Math.floor(next() * extreme.length)] ?? 0) : Math.floor(next() * 256);
  }
  if (next() < 0.15) bytes = bytes.subarray(0, Math.floor(next() * bytes.length));
  if (next() < 0.1) {
    const at = Math.floor(next() * bytes.length);
    bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.floor(next() * at))]);
  }
  return bytes;
}

let failed = false;
for (const name of values.reader ? [values.reader] : Object.keys(READERS)) {
  const reader = READERS[name];
  if (!reader) throw new RangeError(`--reader is one of ${Object.keys(READERS)}; got '${name}'.`);
  const { files, read, head } = await reader();
  const next = randomStream(Number(values.seed));
  const counts = { read: 0, refused: 0 };
  for (const [which, file] of files.entries()) await read(file, which); // undamaged, each is read
  let slowest = 0;
  for (let i = 0; i < Number(values.mutations); i++) {
    const which = i % files.length;
    // Half of the gzipped ones are damaged inside.
    const original = /** @type {Buffer} */ (files[which]);
    const gzipped = original[0] === 0x1f && next() < 0.5;
    const bytes = gzipped
      ? gzipSync(mutate(gunzipSync(original), next), { level: 1 })
      : mutate(original, next, head);
    const began = performance.now();
    try {
      await read(bytes, which);
      counts.read++;
    } catch (error) {
      counts.refused++;
      if (!(error instanceof UserError)) {
        failed = true;
        writeFileSync(`${name}-${values.seed}-${i}.bin`, bytes);
        console.log(`${name}: mutation ${i}: ${/** @type {Error} */ (error).stack}`);
      }
    }
    slowest = Math.max(slowest, performance.now() - began);
  }
  const { maxRSS } = process.resourceUsage();
  failed ||= maxRSS * 1024 > MEMORY || slowest > 1000 * SECONDS;
  console.log(
    `${name}: ${values.mutations} mutations, ${counts.read} read, ${counts.refused} refused; slowest ${Math.round(slowest)} ms, ${Math.round(maxRSS / 1024)} MB so far`,
  );
}
rmSync(folder, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;

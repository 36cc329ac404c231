// Damages files of weights in many ways, from a seed, and reads them: each must end in tensors of the shapes that it
// states or in a WeightFileError, within a bounded time and memory. A file that does not is kept.
// Usage: npm run build && node tools/checks/fuzz-weights.js [--files 10000] [--seed 1] [--keep FOLDER] [FILE …]
// Without FILEs it damages the fixtures of @fbsd/torch-weights.
import { fork } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { damaged, uniform } from '@fbsd/testing';
import { readStateDict } from '@fbsd/torch-weights';

const FIXTURES = fileURLToPath(
  new URL('../../packages/torch-weights/test/fixtures/torch/', import.meta.url),
);
/** Operations of the pickle machine, names of its classes' modules, and what JSON consists of. */
const WORDS = [
  ...Buffer.from('(0125NJKMGXUTVBClt)]ae}suqrhjcRbioPQ.{}[]:,"', 'latin1'),
  ...[
    0x80, 0x81, 0x82, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8f, 0x90, 0x91, 0x92, 0x93,
    0x94,
  ],
];
/** Whatever a file announces: what a reader of files of some kB may take of the heap and in time. */
const HEAP_MEGABYTES = 128;
const RSS_MEGABYTES = 384;
const SECONDS = 10;
/** Files damaged at most this often, one damage on the other. */
const MOST_DAMAGES = 4;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    files: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'string', default: join(tmpdir(), 'fbsd-fuzz-weights') },
  },
});
const originals =
  positionals.length > 0 ? positionals : readdirSync(FIXTURES).map((name) => join(FIXTURES, name));
const contents = originals.map((file) => new Uint8Array(readFileSync(file)));

/**
 * The file of that number: the same in every process.
 *
 * @param {number} number
 * @returns {Uint8Array<ArrayBuffer>}
 */
function fileOf(number) {
  let draws = 0;
  const draw = (/** @type {number} */ n) =>
    Math.floor(n * uniform(`weights.${flags.seed}.${number}`, draws++));
  let file = Uint8Array.from(/** @type {Uint8Array} */ (contents[number % contents.length]));
  for (let times = 1 + draw(MOST_DAMAGES); times > 0 && file.length > 0; times--) {
    file = damaged(file, draw, WORDS);
  }
  return file;
}

/** Reads one file after the other, and says of each how it ended. */
async function readAll() {
  const send = (/** @type {object} */ message) => process.send?.(message);
  process.on('message', async (/** @type {number} */ number) => {
    try {
      const dict = await readStateDict(fileOf(number), { name: 'x.pth' });
      const isRight = [...dict.values()].every(
        ({ shape, data }) => data.length === shape.reduce((product, size) => product * size, 1),
      );
      send(
        isRight
          ? { outcome: 'read' }
          : { outcome: 'fault', why: 'other elements than its shape says' },
      );
    } catch (error) {
      const { name, message } = /** @type {Error} */ (error);
      const isTyped =
        name === 'WeightFileError' && message.length < 1000 && !/\p{Cc}/u.test(message);
      send(isTyped ? { outcome: 'refused' } : { outcome: 'fault', why: String(error) });
    }
    const { rss } = process.memoryUsage();
    if (rss > RSS_MEGABYTES * 2 ** 20)
      send({ outcome: 'fault', why: `${Math.round(rss / 2 ** 20)} MB of memory` });
  });
  send({ outcome: 'ready' });
}

/** Has another process read the files, since what hangs or fills the memory takes its process with it. */
async function main() {
  const files = Number(flags.files);
  if (!(Number.isInteger(files) && files > 0)) {
    console.error(`--files must be a whole number from 1; got '${flags.files}'.`);
    process.exit(2);
  }
  /** @type {Record<string, number>} */
  const counts = { read: 0, refused: 0, fault: 0 };
  let next = 0;
  while (next < files) next = await readFrom(next, files, counts);
  const { read, refused, fault } = counts;
  console.log(
    `${files} files of seed ${flags.seed}: ${read} read, ${refused} refused, ${fault} faults`,
  );
  process.exitCode = fault === 0 ? 0 : 1;
}

/**
 * @param {number} first
 * @param {number} files
 * @param {Record<string, number>} counts
 * @returns {Promise<number>} the file to go on with: after all, or behind one that the reader did not survive
 */
function readFrom(first, files, counts) {
  const self = fileURLToPath(import.meta.url);
  const execArgv = [`--max-old-space-size=${HEAP_MEGABYTES}`];
  const child = fork(self, process.argv.slice(2), {
    execArgv,
    env: { ...process.env, FUZZ_READER: '1' },
  });
  return new Promise((resolve) => {
    let number = first - 1;
    let timer = setTimeout(() => {}, 0);
    const fault = (/** @type {string} */ why) => {
      counts['fault'] = (counts['fault'] ?? 0) + 1;
      mkdirSync(String(flags.keep), { recursive: true });
      const kept = join(
        String(flags.keep),
        `${flags.seed}-${number}-${basename(String(originals[number % originals.length]))}`,
      );
      writeFileSync(kept, fileOf(number));
      console.log(`file ${number}: ${why}; kept as ${kept}`);
    };
    const ask = () => {
      number++;
      if (number >= files) return void child.kill();
      timer = setTimeout(() => {
        fault(`not read within ${SECONDS} s`);
        child.kill('SIGKILL');
      }, SECONDS * 1000);
      return child.send(number);
    };
    child.on('message', (/** @type {{ outcome: string, why?: string }} */ { outcome, why }) => {
      clearTimeout(timer);
      if (outcome === 'fault') fault(String(why));
      else if (outcome !== 'ready') counts[outcome] = (counts[outcome] ?? 0) + 1;
      ask();
    });
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      const isOver = number >= files;
      if (!isOver && signal !== 'SIGKILL') fault(`ended its process with ${signal ?? code}`);
      resolve(number + 1);
    });
  });
}

await (process.env['FUZZ_READER'] ? readAll() : main());

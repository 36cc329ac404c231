// What `npm run bench:data` runs: pictures per second of the pipeline, beside torchvision's, and of the
// trainer. See README.md.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { busyWarning, machineDescription } from '../machine.js';
import { ratios, spread } from '../statistics.js';
import { writePhotographs } from './photographs.js';

const HELP = `Measures pictures per second: the pipeline beside torchvision's loader, and the trainer.

Usage: npm run bench:data -- [flags]

  --python PATH   a Python that has torch and torchvision (default: python3 of the PATH)
  --runs N        measured rounds (default: 5)
  --pictures N    pictures in the data set (default: 400)
  --help          this text
`;

const OURS = fileURLToPath(new URL('./ours.js', import.meta.url));
const THEIRS = fileURLToPath(new URL('./torchvision_loader.py', import.meta.url));

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? `[bench:data] ${error.message}` : error);
  process.exitCode = 2;
}

async function main() {
  const { values: flags } = parseArgs({
    options: {
      python: { type: 'string' },
      runs: { type: 'string', default: '5' },
      pictures: { type: 'string', default: '400' },
      help: { type: 'boolean', default: false },
    },
  });
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const runs = positive('--runs', flags.runs);
  const pictures = positive('--pictures', flags.pictures);
  const warning = busyWarning();
  if (warning) console.log(warning);
  const peer = findPeer(flags.python);
  const folder = await mkdtemp(join(tmpdir(), 'fbsd-bench-data-'));
  try {
    const photographs = join(folder, 'photographs');
    const average = await writePhotographs(photographs, pictures);
    const versions = 'version' in peer ? `; ${peer.version}` : '';
    console.log(`${machineDescription()}${versions}; ${runs} rounds`);
    if ('missing' in peer) console.log(peer.missing);
    console.log(
      `${pictures} JPEGs of 500×375, ${Math.round(average / 1000)} kB on average → 550² → 448², augmented, normalised, in batches of 20\n`,
    );
    const cache = join(folder, 'cache');
    ours('pipeline', photographs, cache); // fills it
    /** @type {Record<string, () => number>} */
    const contestants = {
      pipeline: () => ours('pipeline', photographs),
      ...('python' in peer && { torchvision: () => theirs(peer.python, photographs) }),
      'from the cache': () => ours('pipeline', photographs, cache),
      'training, mini-CUB at 96²': () => ours('training', folder),
      'its steps alone': () => ours('steps', folder),
    };
    report(measure(contestants, runs));
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Everybody in turn, each time in a process of its own.
 *
 * @param {Record<string, () => number>} contestants
 * @param {number} runs
 * @returns {Map<string, number[]>} pictures per second, round by round
 */
function measure(contestants, runs) {
  const rates = new Map(
    Object.keys(contestants).map((name) => [name, /** @type {number[]} */ ([])]),
  );
  for (let run = 0; run < runs; run++) {
    for (const [name, rate] of Object.entries(contestants)) rates.get(name)?.push(rate());
  }
  return rates;
}

/** @param {Map<string, number[]>} rates */
function report(rates) {
  console.log('                           pictures/s  (least … most)   of torchvision');
  const theirs = rates.get('torchvision');
  for (const [name, values] of rates) {
    const { median, min, max } = spread(values);
    const pipeline = name === 'pipeline' || name === 'from the cache';
    const ratio = theirs && pipeline ? `${spread(ratios(values, theirs)).median.toFixed(2)}×` : '';
    const range = `(${min.toFixed(0)} … ${max.toFixed(0)})`;
    console.log(
      `${name.padEnd(26)} ${median.toFixed(0).padStart(10)}  ${range.padEnd(15)}  ${ratio}`.trimEnd(),
    );
  }
}

/**
 * @param {'pipeline' | 'training' | 'steps'} what
 * @param {...string} folders see ours.js
 */
function ours(what, ...folders) {
  return Number(execFileSync(process.execPath, [OURS, what, ...folders], { encoding: 'utf8' }));
}

/**
 * @param {string} python
 * @param {string} photographs
 */
function theirs(python, photographs) {
  return Number(execFileSync(python, [THEIRS, photographs], { encoding: 'utf8' }));
}

/**
 * @param {string | undefined} asked
 * @returns {{python: string, version: string} | {missing: string}}
 */
function findPeer(asked) {
  const python = asked ?? 'python3';
  try {
    const version = execFileSync(python, [THEIRS, '--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { python, version: version.trim() };
  } catch (error) {
    const stderr = String(/** @type {{stderr?: string}} */ (error).stderr ?? '');
    const reason = stderr.trim().split('\n').at(-1) || /** @type {Error} */ (error).message;
    const missing = `${python} has no torchvision (${reason}): pip install torch torchvision, and name that Python with --python.`;
    if (asked !== undefined) throw new Error(`--python: ${missing}`);
    return { missing };
  }
}

/**
 * @param {string} flag
 * @param {string} text
 */
function positive(flag, text) {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(`${flag} must be a whole number from 1; got '${text}'.`);
}

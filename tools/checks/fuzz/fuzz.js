import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of JavaScript's objects. */
const HEAP_MEGABYTES = 256;
/** Beyond it a process is ended at once, before it hurts the machine. */
const MOST_MEGABYTES = 3000;
/** Of the clock, on a machine that is busy; the process itself counts its own 5. */
const SECONDS = 60;
const LOOK_EVERY = 100; // milliseconds
const PAGES_IN_MEGABYTE = 256;

/**
 * How the cases of a reader ended.
 *
 * @typedef {object} Outcome
 * @property {number} read
 * @property {number} refused with a message
 * @property {number} faults
 * @property {number} slowest milliseconds of processor time
 * @property {number} memory megabytes of the process, at most
 */

/**
 * Has a reader read damaged files, in another process, since what hangs or fills the memory takes its process with it.
 *
 * @param {string} reader its name, or the path of its module
 * @param {object} options
 * @param {number} options.cases
 * @param {number} [options.from] number of the first case
 * @param {string} options.seed
 * @param {string | undefined} [options.keep] folder for the files of cases that are faults
 * @param {number} [options.seconds] after which a case hangs
 * @param {(fault: string) => void} [options.onFault]
 * @returns {Promise<Outcome>}
 */
export async function fuzz(reader, { cases, from = 0, onFault = () => {}, ...options }) {
  const outcome = { read: 0, refused: 0, faults: 0, slowest: 0, memory: 0 };
  const fault = (/** @type {number} */ number, /** @type {string} */ why) => {
    outcome.faults++;
    onFault(`case ${number}: ${why}`);
  };
  const end = from + cases;
  for (let next = from; next < end; )
    next = await readFrom(next, end, reader, outcome, fault, options);
  return outcome;
}

/**
 * @param {number} first
 * @param {number} end
 * @param {string} reader
 * @param {Outcome} outcome is added to
 * @param {(number: number, why: string) => void} fault
 * @param {{ seed: string, keep?: string | undefined, seconds?: number }} options
 * @returns {Promise<number>} the case to go on with: after all, or behind one that the process did not survive
 */
function readFrom(first, end, reader, outcome, fault, { seed, keep = '', seconds = SECONDS }) {
  if (keep) mkdirSync(keep, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'fbsd-fuzz-'));
  const child = fork(
    fileURLToPath(new URL('./read.js', import.meta.url)),
    [reader, seed, folder, keep],
    {
      execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    },
  );
  let said = '';
  child.stderr?.on('data', (text) => {
    said = `${said}${text}`.slice(-2000);
  });
  return new Promise((resolve, reject) => {
    let number = first - 1;
    let asked = performance.now();
    const give = () => {
      number++;
      asked = performance.now();
      if (number >= end) child.kill();
      else child.send(number);
    };
    const watch = setInterval(() => {
      const hangs = number >= first && performance.now() - asked > 1000 * seconds;
      const megabytes = memoryOf(child.pid);
      if (!hangs && megabytes < MOST_MEGABYTES) return;
      clearInterval(watch);
      fault(number, hangs ? `not read within ${seconds} s` : `${megabytes} MB of memory`);
      child.kill('SIGKILL');
    }, LOOK_EVERY);
    child.on('message', (/** @type {import('./read.js').Ended} */ ended) => {
      if (ended.outcome === 'fault') fault(number, ended.why);
      else if (ended.outcome !== 'ready') outcome[ended.outcome]++;
      outcome.slowest = Math.max(outcome.slowest, ended.milliseconds);
      outcome.memory = Math.max(outcome.memory, ended.megabytes);
      give();
    });
    child.on('close', (code, signal) => {
      clearInterval(watch);
      rmSync(folder, { recursive: true, force: true });
      if (number < first)
        return reject(new Error(`${reader} cannot read files that are not damaged: ${said}`));
      if (number < end && signal !== 'SIGKILL')
        fault(number, `ended its process with ${signal ?? code}: ${said}`);
      resolve(number + 1);
    });
  });
}

/**
 * Megabytes of a process; 0 where the system does not tell.
 *
 * @param {number | undefined} pid
 */
function memoryOf(pid) {
  try {
    return Math.round(
      Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) / PAGES_IN_MEGABYTE,
    );
  } catch {
    return 0;
  }
}

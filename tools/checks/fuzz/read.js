// The process that reads: takes numbers of cases from its parent, and says of each how it ended.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { uniform } from '@fbsd/testing';
import { watchReads } from './outside.js';
import { READERS } from './readers.js';

/** Of the processor, for files of some kB. */
const SECONDS = 5;
const LONGEST_MESSAGE = 2000;
const MEGABYTES = 512;

/**
 * @typedef {object} Ended
 * @property {'ready' | 'read' | 'refused' | 'fault'} outcome
 * @property {string} why
 * @property {number} milliseconds of the processor
 * @property {number} megabytes of the process, the most so far
 */

const [name = '', seed = '', folder = '', keep = ''] = process.argv.slice(2);
const { open } = await (READERS[name]?.() ?? import(pathToFileURL(name).href));
const root = join(folder, 'own');
/** @type {import('./reader.js').Reader} */
const reader = await open(root);
const readOutside = watchReads(root);
const { megabytes: most = MEGABYTES } = reader;
let spent = process.cpuUsage();
let isOverfull = false;

process.on('message', async (/** @type {number} */ number) => {
  let draws = 0;
  const draw = (/** @type {number} */ n) =>
    Math.floor(n * uniform(`${name}.${seed}.${number}`, draws++));
  const files = await reader.damage(draw);
  spent = process.cpuUsage();
  readOutside(); // what making them has read
  /** @type {'read' | 'refused'} */
  let outcome = 'read';
  let why = '';
  try {
    await reader.read(files, draw);
  } catch (error) {
    outcome = 'refused';
    if (!isMessage(error)) why = /** @type {Error} */ (error)?.stack ?? String(error);
  }
  const { milliseconds, megabytes } = effort();
  const outside = readOutside();
  if (why === '' && outside.length > 0) why = `read outside of its folder: ${outside.join(', ')}`;
  if (why === '' && milliseconds > 1000 * SECONDS) why = `${milliseconds} ms of the processor`;
  if (why === '' && megabytes > most && !isOverfull) why = `${megabytes} MB of memory`;
  isOverfull ||= megabytes > most; // its most never falls: said once
  if (why === '' && polluted()) why = 'changed the prototype of all objects';
  if (why !== '' && keep !== '') keepFiles(files, join(keep, `${name}-${seed}-${number}`));
  send(why === '' ? outcome : 'fault', why);
});
send('ready');

/** @type {(outcome: Ended['outcome'], why?: string) => void} */
function send(outcome, why = '') {
  process.send?.({ outcome, why, ...effort() });
}

function effort() {
  const { user, system } = process.cpuUsage(spent);
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  return { milliseconds: Math.round((user + system) / 1000), megabytes };
}

/**
 * Tells if an error is one for people: begins with where it comes from, and is of a length that one reads.
 *
 * @param {unknown} error
 */
function isMessage(error) {
  if (!(error instanceof Error)) return false;
  const { name: kind, message } = error;
  const isForPeople =
    /^(UserError|MatError|UnreadablePicturesError|WeightFileError|WasmMemoryError)$/.test(kind);
  const begins = /^\[(@fbsd\/[a-z-]+|fbsd)\] /.test(message);
  return isForPeople && begins && message.length <= LONGEST_MESSAGE;
}

function polluted() {
  for (const key in {}) return key !== '';
  return false;
}

/**
 * @param {import('./reader.js').Files} files
 * @param {string} where
 */
function keepFiles(files, where) {
  mkdirSync(where, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    if (content) writeFileSync(join(where, path.replaceAll('/', '_')), content);
  }
}

import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../workspace/command.js';
import { standIn } from '../browser/build.js';
import { serve } from '../browser/serve.js';
import { buildProgram, runProgram } from '../browser/worker.js';

/**
 * @typedef {import('../../browser/classifier/program.js').Outcome} Outcome
 * @typedef {import('@fbsd/trainer').Classification} Classification
 */

const NAME = '@fbsd/trainer';
/** Folders of the site: of the run, and of the pictures. */
const RUN = 'run';
const PICTURES = 'pictures';
/** Node and the page add up in other orders: on one thread, and on several. */
const TOLERANCE = 1e-5;

/**
 * `loadClassifier()` in a page and in a Worker, by a model that Node saved: the classes and probabilities that it gives
 * in Node.
 *
 * @param {import('../results.js').Results} results
 * @param {import('playwright-core').Browser} browser
 * @param {string} folder where all packages are installed
 */
export async function checkClassifier(results, browser, folder) {
  let site = '';
  await results.check(NAME, 'classifier, Vite build, minified', async () => {
    site = await buildProgram(folder, standIn('classifier/program.js'), 'classifier-site');
    return 'for a page and a Worker';
  });
  if (!site) return;
  /** @type {Classification[][]} */
  let expected = [];
  /** @type {string[]} */
  let pictures = [];
  await results.check(NAME, 'classifier in Node', async () => {
    ({ expected, pictures } = await classifyInNode(folder, site));
    return `${pictures.length} pictures`;
  });
  if (expected.length === 0) return;
  const { address, close } = await serve(site);
  try {
    for (const where of /** @type {const} */ (['page', 'worker'])) {
      await results.check(NAME, `classifier in a ${where}`, async () => {
        const argument = { model: `/${RUN}/checkpoints/best`, pictures };
        const { result, error } = await runProgram(browser, address, argument, where);
        if (error) throw new Error(`${error.name}: ${error.message}`);
        const { byAddress, byKind, tensors } = /** @type {Outcome} */ (result);
        expectSame('by address', byAddress, expected);
        for (const [kind, found] of Object.entries(byKind)) {
          expectSame(`as ${kind}`, [found], expected.slice(0, 1));
        }
        if (tensors !== 0) throw new Error(`${tensors} tensors were left behind`);
        return `as in Node; also as ${Object.keys(byKind).join(', ')}`;
      });
    }
    await results.check(NAME, 'classifier, nothing there: the error says so', async () => {
      const { error } = await runProgram(browser, address, { model: '/no', pictures }, 'page');
      if (error?.name !== 'UserError' || !error.message.includes('/no/preprocessing.json')) {
        throw new Error(JSON.stringify(error));
      }
      return error.message;
    });
  } finally {
    close();
  }
}

/**
 * Puts a run and pictures into the site.
 *
 * @param {string} folder where all packages are installed
 * @param {string} site
 * @returns {Promise<{ expected: Classification[][], pictures: string[] }>} with addresses of the site
 */
async function classifyInNode(folder, site) {
  const programs = join(folder, 'classifier');
  await cp(standIn('classifier'), programs, { recursive: true });
  await cp(standIn('training/draw.js'), join(programs, 'draw.js'));
  const node = async (/** @type {string[]} */ ...args) =>
    JSON.parse(await run(process.execPath, args, programs));
  /** @type {import('@fbsd/trainer').Dataset} */
  const { test } = await node('draw.js', join(site, PICTURES));
  const some = test.slice(0, 10);
  const paths = some.map(({ path }) => path);
  const expected = await node('node.js', join(site, RUN), ...paths);
  return { expected, pictures: some.map(({ file }) => `/${PICTURES}/${file}`) };
}

/**
 * @param {string} what
 * @param {readonly Classification[][]} found
 * @param {readonly Classification[][]} expected
 */
function expectSame(what, found, expected) {
  found.forEach((classifications, picture) => {
    classifications.forEach(({ className, probability }, i) => {
      const other = expected[picture]?.find((one) => one.className === className);
      const difference = Math.abs(probability - (other?.probability ?? Number.NaN));
      if (!(difference <= TOLERANCE)) {
        throw new Error(
          `${what}, picture ${picture}, place ${i}: ${className} ${probability}, but in Node ${other?.probability}`,
        );
      }
    });
  });
  if (found.length !== expected.length) throw new Error(`${what}: ${found.length} pictures`);
}

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
/** Folders of the site: of the run, of its export, and of the pictures. */
const RUN = 'run';
const EXPORTED = 'exported';
const PICTURES = 'pictures';
/** What is loaded, by its folder in the site. */
const MODELS = /** @type {const} */ ({
  checkpoint: `${RUN}/checkpoints/best`,
  'uint8 export': EXPORTED,
});
/** Node and the page add up in other orders: on one thread, and on several. */
const TOLERANCE = 1e-5;

/**
 * `loadClassifier()` in a page and in a Worker, by a model that Node saved, and by the same one exported with kernels of a
 * byte: the classes and probabilities that they give in Node.
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
  /** @type {Classification[][][]} of each model */
  let expectedOf = [];
  /** @type {string[]} */
  let pictures = [];
  await results.check(NAME, 'classifier in Node', async () => {
    ({ expectedOf, pictures } = await classifyInNode(folder, site));
    const [whole, rounded] = expectedOf.map((expected) => JSON.stringify(expected));
    if (whole === rounded) throw new Error('kernels of a byte give the same, digit by digit');
    return `${pictures.length} pictures`;
  });
  if (expectedOf.length === 0) return;
  const { address, close } = await serve(site);
  try {
    for (const [i, [what, model]] of Object.entries(MODELS).entries()) {
      const expected = /** @type {Classification[][]} */ (expectedOf[i]);
      for (const where of /** @type {const} */ (['page', 'worker'])) {
        await results.check(NAME, `classifier in a ${where}, ${what}`, async () => {
          const argument = { model: `/${model}`, pictures };
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
 * Puts a run, its export and pictures into the site.
 *
 * @param {string} folder where all packages are installed
 * @param {string} site
 * @returns {Promise<{ expectedOf: Classification[][][], pictures: string[] }>} with addresses of the site
 */
async function classifyInNode(folder, site) {
  const programs = join(folder, 'classifier');
  await cp(standIn('classifier'), programs, { recursive: true });
  await cp(standIn('training/draw.js'), join(programs, 'draw.js'));
  const node = (/** @type {string[]} */ ...args) => run(process.execPath, args, programs);
  /** @type {import('@fbsd/trainer').Dataset} */
  const { test } = JSON.parse(await node('draw.js', join(site, PICTURES)));
  const some = test.slice(0, 10);
  const paths = some.map(({ path }) => path);
  await node('save.js', join(site, RUN));
  const flags = ['--quantize', 'uint8', '--out', join(site, EXPORTED), '--backend', 'wasm'];
  await run('npx', ['fbsd', 'export', '--model', join(site, RUN), ...flags], programs);
  const expectedOf = [];
  for (const model of Object.values(MODELS)) {
    expectedOf.push(JSON.parse(await node('node.js', join(site, model), ...paths)));
  }
  return { expectedOf, pictures: some.map(({ file }) => `/${PICTURES}/${file}`) };
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

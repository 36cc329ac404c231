import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RELAXED_SIMD_FLAGS } from '@fbsd/testing';
import { run } from '../../../workspace/command.js';
import { standIn } from '../browser/build.js';
import { serve } from '../browser/serve.js';
import { buildProgram, killProgram, runProgram } from '../browser/worker.js';

/**
 * @typedef {import('../../browser/training/train.js').Run} Run
 *
 * @typedef {object} Outcome
 * @property {string} pictures SHA-256 of all decoded pictures
 * @property {Run} whole
 * @property {Run} resumed stopped in the middle of an epoch, and gone on from the checkpoint
 * @property {string} sums those of the files of the last checkpoint
 * @property {number} imagesPerSecond
 *
 * @typedef {import('@fbsd/trainer').Dataset} Dataset
 * @typedef {import('@fbsd/trainer').Picture} Picture
 */

const NAME = '@fbsd/trainer';
const THREADS = 2;
/** The pictures' folder in the site. */
const PICTURES = 'pictures';
/** A file there that is none. */
const DAMAGED = 'damaged.png';

/**
 * `train()` in a Worker of an isolated page, on pictures that other Workers decode: to the bit what it does in Node,
 * also when it is stopped and another page goes on from what the browser kept.
 *
 * @param {import('../results.js').Results} results
 * @param {import('playwright-core').Browser} browser
 * @param {string} folder where all packages are installed
 */
export async function checkTraining(results, browser, folder) {
  let site = '';
  await results.check(NAME, 'training, Vite build, minified', async () => {
    site = await buildProgram(folder, standIn('training/program.js'), 'training-site');
    return 'for a Worker that trains and two that decode';
  });
  if (!site) return;
  const pictures = join(site, PICTURES);
  /** @type {{ dataset: Dataset, outcome: Outcome } | undefined} */
  let node;
  await results.check(NAME, 'training in Node', async () => {
    node = await trainInNode(folder, pictures);
    const { whole, resumed } = node.outcome;
    if (JSON.stringify(resumed) !== JSON.stringify(whole)) {
      throw new Error(`${JSON.stringify(resumed)} when resumed, but ${JSON.stringify(whole)}`);
    }
    return `resumed as if never stopped; ${whole.metrics.length} lines of metrics; ${THREADS} threads`;
  });
  if (!node) return;
  const { dataset, outcome: expected } = node;
  await writeFile(join(pictures, DAMAGED), 'no picture');
  const { address, close } = await serve(site, { isolated: true });
  const context = await browser.newContext();
  /** @param {object} argument */
  const inPage = async (argument) => {
    const { result, error } = await runProgram(context, address, argument);
    if (error) throw new Error(`${error.name}: ${error.message}`);
    return result;
  };
  try {
    /** @type {Pick<Outcome, 'pictures' | 'whole' | 'imagesPerSecond'> | undefined} */
    let found;
    /** @type {(Pick<Outcome, 'resumed' | 'sums'> & { report: string }) | undefined} */
    let goneOn;
    const argument = { threads: THREADS, dataset: onSite(dataset) };
    await results.check(NAME, 'training in a Worker', async () => {
      found = await inPage({ ...argument, part: 'whole' });
      const ratio = Number(found?.imagesPerSecond) / expected.imagesPerSecond;
      return `${ratio.toFixed(2)} of the images per second of Node; cross-origin isolated`;
    });
    await results.check(NAME, 'another page goes on with a run', async () => {
      const killed = { ...argument, part: 'be killed', message: 'past the checkpoint' };
      await killProgram(context, address, killed);
      goneOn = await inPage({ ...argument, part: 'go on', dataset: null });
      return 'whose tab was killed: from the checkpoint and the pictures that the browser kept';
    });
    if (!found || !goneOn) return;
    const { whole } = found;
    const { resumed, sums, report } = goneOn;
    await expectSame('decoded pictures', found.pictures, expected.pictures);
    await expectSame('metrics', whole.metrics, expected.whole.metrics);
    await expectSame('final weights', whole.weights, expected.whole.weights);
    await expectSame('metrics when resumed', resumed.metrics, expected.whole.metrics);
    await expectSame('weights when resumed', resumed.weights, expected.whole.weights);
    await expectSame('files of the last checkpoint', sums, expected.sums);
    await results.check(NAME, 'tensors left behind', () => {
      const tensors = whole.tensors + resumed.tensors;
      if (tensors !== 0) throw new Error(String(tensors));
      return 'none';
    });
    await results.check(NAME, "a report's pictures, made by a Worker", () =>
      lookAt(context, report),
    );
    await results.check(NAME, 'a full storage: the error says so', async () => {
      const full = await fullContext(browser, address);
      const { error } = await runProgram(full, address, { ...argument, part: 'keep' });
      await full.close();
      if (error?.name !== 'UserError' || !error.message.includes("the browser's storage is full")) {
        throw new Error(`${error?.name}: ${error?.message}`);
      }
      return error.message;
    });
    const { path } = /** @type {Picture} */ (onSite(dataset).train[0]);
    const damaged = `/${PICTURES}/${DAMAGED}`;
    await expectProblem('no picture', address, { path: '/no.png' }, ['/no.png', 'status 404']);
    await expectProblem('a damaged picture', address, { path: damaged }, [damaged, 'damaged']);
    await expectProblem('all rows cut off', address, { path, cutBottom: 96 }, [path, '96 rows']);
  } finally {
    await context.close();
    close();
  }

  /** @param {string} what @param {unknown} found @param {unknown} expected */
  async function expectSame(what, found, expected) {
    await results.check(NAME, `${what}, bit for bit`, () => {
      const [here, there] = [found, expected].map((value) => JSON.stringify(value));
      if (here !== there) throw new Error(`${here}, but in Node, without a stop: ${there}`);
      return 'as in Node';
    });
  }

  /**
   * @param {string} what
   * @param {string} address
   * @param {Picture} read
   * @param {string[]} words
   */
  async function expectProblem(what, address, read, words) {
    await results.check(NAME, `${what}: the error says so`, async () => {
      const { error } = await runProgram(context, address, { part: 'read', read });
      if (!error) throw new Error('there was no error');
      const { name, message } = error;
      if (name !== 'UserError' || words.some((word) => !message.includes(word))) {
        throw new Error(`${name}: ${message}`);
      }
      return message;
    });
  }
}

/**
 * Where a site has no room to store anything. Of its own: Chromium does not ask for room again that it has just found.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {string} address
 */
async function fullContext(browser, address) {
  const context = await browser.newContext();
  const session = await context.newCDPSession(await context.newPage());
  const { origin } = new URL(address);
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
  return context;
}

/**
 * Opens a report in a page, which decodes all its pictures.
 *
 * @param {import('playwright-core').BrowserContext} context
 * @param {string} report
 */
async function lookAt(context, report) {
  const page = await context.newPage();
  try {
    await page.setContent(report);
    const kinds = await page.evaluate(() => {
      const pictures = [...document.querySelectorAll('image')].map(async (picture) => {
        const image = new Image();
        image.src = String(picture.getAttribute('href'));
        await image.decode();
        return /^data:image\/(\w+)/.exec(image.src)?.[1];
      });
      return Promise.all(pictures);
    });
    const count = (/** @type {string} */ kind) => kinds.filter((one) => one === kind).length;
    if (count('jpeg') === 0 || count('png') === 0) throw new Error(`only ${kinds.join(', ')}`);
    return `${count('jpeg')} photos, ${count('png')} drawings`;
  } finally {
    await page.close();
  }
}

/**
 * @param {string} folder where all packages are installed
 * @param {string} pictures the folder that gets the pictures
 * @returns {Promise<{ dataset: Dataset, outcome: Outcome }>}
 */
async function trainInNode(folder, pictures) {
  const programs = join(folder, 'training');
  await cp(standIn('training'), programs, { recursive: true });
  const node = async (/** @type {string[]} */ ...args) =>
    JSON.parse(await run(process.execPath, [...RELAXED_SIMD_FLAGS, ...args], programs));
  const dataset = await node('draw.js', pictures);
  return { dataset, outcome: await node('node.js', String(THREADS), pictures) };
}

/**
 * The data set with addresses of the site for paths.
 *
 * @param {Dataset} dataset
 * @returns {Pick<Dataset, 'train' | 'test' | 'classNames'>}
 */
function onSite({ train, test, classNames }) {
  const moved = (/** @type {Dataset['train']} */ samples) =>
    samples.map((sample) => ({ ...sample, path: `/${PICTURES}/${sample.file}` }));
  return { train: moved(train), test: moved(test), classNames };
}

import { isForNode } from '../../../workspace/repository.js';
import { browserTests, buildTests } from '../browser/build.js';
import { launchChromium } from '../browser/chromium.js';
import { serve } from '../browser/serve.js';
import { checkClassifier } from './classifier.js';
import { checkData } from './data.js';
import { checkThreads } from './threads.js';
import { checkTraining } from './training.js';

/** What is checked in a browser. */
export const PARTS = ['browser', 'threads', 'training', 'classifier', 'data'];

/**
 * @typedef {import('../../../workspace/repository.js').Package} Package
 * @typedef {{ name: string, state: string, error?: string }} TestResult
 */

/**
 * The packages' own tests, bundled with the installed packages, in a headless Chromium: values
 * (goldens) and gradients of every layer on cpu, wasm, webgl and webgpu, the kernels on wasm; then
 * wasm on threads, the trainer on them, and the use of a trained model.
 *
 * @param {import('../results.js').Results} results
 * @param {readonly Package[]} packages
 * @param {string} folder where all of them are installed
 * @param {(name: string) => boolean} wanted which of PARTS
 */
export async function checkBrowser(results, packages, folder, wanted) {
  /** @type {import('playwright-core').Browser | undefined} */
  let browser;
  await results.check('all packages', 'start of Chromium', async () => {
    browser = await launchChromium();
    return browser.version();
  });
  if (!browser) return;
  try {
    if (wanted('browser')) await checkTests(results, packages, folder, browser);
    if (wanted('threads')) await checkThreads(results, browser, folder);
    if (wanted('training')) await checkTraining(results, browser, folder);
    if (wanted('classifier')) await checkClassifier(results, browser, folder);
    if (wanted('data')) await checkData(results, browser, folder);
  } finally {
    await browser.close();
  }
}

/**
 * @param {import('../results.js').Results} results
 * @param {readonly Package[]} packages
 * @param {string} folder
 * @param {import('playwright-core').Browser} browser
 */
async function checkTests(results, packages, folder, browser) {
  const tests = packages
    .filter(({ manifest }) => !isForNode(manifest.name))
    .map((published) => ({ published, files: browserTests(published) }));
  const all = tests.flatMap(({ files }) => files);
  /** @type {Awaited<ReturnType<typeof serve>> | undefined} */
  let site;
  await results.check('all packages', 'Vite build of the tests', async () => {
    site = await serve(await buildTests(folder, all, packages));
    return `${all.length} files`;
  });
  if (!site) return;
  try {
    for (const { published, files } of tests) {
      /** @type {TestResult[]} */
      const outcome = [];
      // One page at a time: a browser has one process for its GPU, real or not.
      for (const file of files) outcome.push(...(await runInPage(browser, site.address, file)));
      report(results, published.manifest.name, outcome);
    }
  } finally {
    site.close();
  }
}

/**
 * A page for each file, as Jest has a realm for each.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {string} address
 * @param {string} file
 * @returns {Promise<TestResult[]>}
 */
async function runInPage(browser, address, file) {
  const page = await browser.newPage();
  try {
    await page.goto(address);
    await page.waitForFunction('globalThis.runTests');
    return await page.evaluate((name) => /** @type {any} */ (globalThis).runTests(name), file);
  } catch (error) {
    return [{ name: file, state: 'fail', error: /** @type {Error} */ (error).message }];
  } finally {
    await page.close();
  }
}

/**
 * @param {import('../results.js').Results} results
 * @param {string} name
 * @param {readonly TestResult[]} outcome
 */
function report(results, name, outcome) {
  const backends = new Set(outcome.map(backendOf));
  for (const backend of backends) {
    const here = outcome.filter((test) => backendOf(test) === backend);
    const failures = here.filter(({ state }) => state === 'fail');
    results.add(name, `in Chromium on ${backend}`, {
      passed: here.filter(({ state }) => state === 'pass').length,
      skipped: here.filter(({ state }) => state === 'skip').length,
      note: here[0]?.name.includes('(no adapter)') ? 'no adapter' : 'slow without a GPU',
      failures: failures.map((test) => `${test.name}: ${test.error}`),
    });
  }
}

/** Tests that are not of one backend run on wasm and cpu. @param {TestResult} test */
const backendOf = (test) => / on (cpu|wasm|webgl|webgpu)\b/.exec(test.name)?.[1] ?? 'wasm, cpu';

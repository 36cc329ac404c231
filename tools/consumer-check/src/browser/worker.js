import { join } from 'node:path';
import { bundle, standIn } from './build.js';

/** @typedef {import('../../browser/program.js').Outcome} Outcome */

/**
 * Bundles a program as Vite bundles any site for production, minified: for a page, and for a Worker.
 *
 * @param {string} folder where the packages are installed
 * @param {string} program a module that exports `run(argument)`, which returns a promise
 * @param {string} name of the folder of the site
 * @returns {Promise<string>} the folder of the site, to be served
 */
export async function buildProgram(folder, program, name) {
  const plugin = {
    name: 'program',
    resolveId: (/** @type {string} */ source) => (source === 'virtual:program' ? program : null),
  };
  return bundle(folder, {
    page: standIn('worker-page.js'),
    outDir: join(folder, name),
    plugins: [plugin],
    worker: { plugins: () => [plugin] },
  });
}

/**
 * Runs the program of a site in a page of its own.
 *
 * @param {Pick<import('playwright-core').BrowserContext, 'newPage'>} browser a context, where pages are to share what is stored
 * @param {string} address of the site
 * @param {unknown} argument for `run`; what can be posted
 * @param {'worker' | 'page'} [where]
 * @param {(page: import('playwright-core').Page) => Promise<void>} [prepare] does something in the page before
 * @returns {Promise<Outcome>}
 */
export async function runProgram(browser, address, argument, where = 'worker', prepare) {
  const page = await browser.newPage();
  try {
    await page.goto(address);
    await page.waitForFunction('globalThis.run');
    await prepare?.(page);
    const call = { where, argument };
    return await page.evaluate((call) => {
      return /** @type {any} */ (globalThis).run[call.where](call.argument);
    }, call);
  } finally {
    await page.close();
  }
}

/**
 * Runs the program of a site in a Worker until it says something on the console, then kills the process of its tab.
 *
 * @param {import('playwright-core').BrowserContext} context
 * @param {string} address of the site
 * @param {{ message: string }} argument for `run`; `message` is what it says
 */
export async function killProgram(context, address, argument) {
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForFunction('globalThis.run');
  const said = page.waitForEvent('console', (line) => line.text() === argument.message);
  const ended = page.evaluate((one) => {
    return /** @type {any} */ (globalThis).run.worker(one);
  }, argument);
  const early = ended.then((outcome) => {
    throw new Error(`it ended: ${JSON.stringify(outcome)}`);
  });
  await Promise.race([said, early]);
  const crashed = page.waitForEvent('crash');
  const session = await context.newCDPSession(page);
  session.send('Page.crash').catch(() => {}); // there is no one left to answer
  early.catch(() => {});
  await crashed;
  await page.close();
}

import { copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { RELAXED_SIMD_FLAGS } from '@fbsd/testing';
import { run } from '../../../workspace/command.js';
import { standIn } from '../browser/build.js';
import { serve } from '../browser/serve.js';
import { buildProgram, runProgram } from '../browser/worker.js';

const NAME = '@fbsd/kernels/web';
const THREADS = 2;

/**
 * `useThreadedWasm` of the web in a minified build: it trains in a Worker, and in the page itself, to the bit
 * what it trains in Node, and where it cannot, it says why.
 *
 * @param {import('../results.js').Results} results
 * @param {import('playwright-core').Browser} browser
 * @param {string} folder where all packages are installed
 */
export async function checkThreads(results, browser, folder) {
  let site = '';
  await results.check(NAME, 'Vite build, minified', async () => {
    site = await buildProgram(folder, standIn('threads/program.js'), 'threads-site');
    return 'for a page and a Worker';
  });
  if (!site) return;
  const isolated = await serve(site, { isolated: true });
  const open = await serve(site);
  try {
    const inNode = await results.check(NAME, 'losses in Node', () => trainInNode(folder));
    for (const where of /** @type {const} */ (['worker', 'page'])) {
      await results.check(NAME, `losses in a ${where}, bit for bit`, async () => {
        const { result, error } = await runProgram(
          browser,
          isolated.address,
          { threads: THREADS },
          where,
        );
        if (error) throw new Error(`${error.name}: ${error.message}`);
        const losses = JSON.stringify(result);
        if (losses !== inNode) throw new Error(`${losses}, but in Node: ${inNode}`);
        return `those of Node; ${THREADS} threads, cross-origin isolated`;
      });
    }
    await expectProblem('not isolated', open.address, {}, 'not-isolated', [
      'Cross-Origin-Opener-Policy: same-origin',
      'Cross-Origin-Embedder-Policy: require-corp',
    ]);
    const { address } = isolated;
    await expectProblem('no script', address, { script: '/no.js' }, 'file-not-found', ['/no.js']);
    await expectProblem('a page for a script', address, { script: '/' }, 'file-not-found', [
      '<!doc',
    ]);
    await expectProblem('a page for the wasm', address, { wasm: '/' }, 'file-not-found', ['<!doc']);
  } finally {
    isolated.close();
    open.close();
  }

  /**
   * @param {string} what
   * @param {string} address
   * @param {{ script?: string, wasm?: string }} files
   * @param {string} code
   * @param {string[]} words
   */
  async function expectProblem(what, address, files, code, words) {
    await results.check(NAME, `${what}: the error says so`, async () => {
      const { error } = await runProgram(browser, address, { threads: THREADS, ...files });
      if (!error) throw new Error('there was no error');
      const { name, message } = error;
      const said = name === 'ThreadedWasmError' && error.code === code;
      if (!said || words.some((word) => !message.includes(word))) {
        throw new Error(`${name} ${error.code}: ${message}`);
      }
      return code;
    });
  }
}

/** @param {string} folder @returns {Promise<string>} the losses, as JSON */
async function trainInNode(folder) {
  const files = ['threads/train.js', 'threads/node.js'].map(standIn);
  for (const file of files) await copyFile(file, join(folder, basename(file)));
  return (
    await run(process.execPath, [...RELAXED_SIMD_FLAGS, 'node.js', String(THREADS)], folder)
  ).trim();
}

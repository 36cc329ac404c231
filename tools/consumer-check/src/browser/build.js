import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { ROOT } from '../../../workspace/repository.js';

/** @typedef {import('../../../workspace/repository.js').Package} Package */

/** A file of browser/. @param {string} name */
export const standIn = (name) => fileURLToPath(new URL(`../../browser/${name}`, import.meta.url));

/**
 * The tests of a package that need no Node, neither themselves nor by what they import.
 *
 * @param {Package} published
 * @returns {string[]} paths from the root of the repository
 */
export function browserTests({ folder }) {
  const test = join(folder, 'test');
  return readdirSync(test, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts') && !needsNode(join(test, path)))
    .map((path) => relative(ROOT, join(test, path)))
    .sort();
}

/** Modules that only Node has, or that stand in there for what a browser has. */
const NODE =
  /'(node:.*|@fbsd\/[\w-]+\/node|(\.\.\/)+src\/node\/.*|@tensorflow\/tfjs-node|sharp|onnxruntime-node|fake-indexeddb\/auto)'/;

/** @param {string} file @returns {boolean} */
function needsNode(file) {
  const text = readFileSync(file, 'utf8');
  if (NODE.test(text)) return true;
  const imported = [...text.matchAll(/from '(\.{1,2}\/.*\.ts)'/g)].map(([, path]) => String(path));
  return imported
    .filter((path) => !path.includes('/src/')) // stands for the published code
    .some((path) => needsNode(resolve(dirname(file), path)));
}

/**
 * Bundles tests for browsers as Vite bundles any site for production: on the packages that are
 * installed in `folder`, and on nothing of this repository but the tests and `@fbsd/testing`.
 *
 * @param {string} folder
 * @param {readonly string[]} tests
 * @param {readonly Package[]} packages
 * @returns {Promise<string>} the folder of the site; `page.js` is what a page has to load
 */
export async function buildTests(folder, tests, packages) {
  return bundle(folder, {
    page: standIn('page.js'),
    outDir: join(folder, 'site'),
    plugins: [testPlugin(folder, tests, packages)],
  });
}

/**
 * Bundles a page as Vite does for production, on the packages that are installed in `folder`.
 *
 * @param {string} folder
 * @param {object} site
 * @param {string} site.page the program of the page
 * @param {string} site.outDir
 * @param {import('vite').Plugin[]} site.plugins
 * @param {NonNullable<import('vite').UserConfig['worker']>} [site.worker] for programs of Workers
 * @returns {Promise<string>} outDir; `page.js` is what a page has to load
 */
export async function bundle(folder, { page, outDir, plugins, worker = {} }) {
  const installed = ['@fbsd', '@tensorflow'].flatMap((scope) =>
    readdirSync(join(folder, 'node_modules', scope)).map((name) => `${scope}/${name}`),
  );
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    plugins,
    worker,
    resolve: { dedupe: installed },
    build: {
      outDir,
      target: 'esnext',
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
      rolldownOptions: { input: page, output: { entryFileNames: 'page.js' } },
    },
  });
  return outDir;
}

/**
 * @param {string} folder
 * @param {readonly string[]} tests
 * @param {readonly Package[]} packages
 * @returns {import('vite').Plugin}
 */
function testPlugin(folder, tests, packages) {
  const ours = (/** @type {string} */ id) => id.startsWith(join(ROOT, 'packages'));
  return {
    name: 'tests',
    enforce: 'pre',
    resolveId(source, importer) {
      if (source === 'virtual:tests') return '\0tests';
      if (source === '@jest/globals') return standIn('jest.js');
      if (!importer || !ours(importer)) return;
      // What of @fbsd/testing knows Node.
      const helper = /^\.\/(backends|read-file)\.(js|ts)$/.exec(source)?.[1];
      if (helper && importer.includes('/testing/')) return standIn(`${helper}.js`);
      // Tests of inner files get those of the installed package.
      const inner = /^(?:\.\.\/)+src\/(.*)\.ts$/.exec(source)?.[1];
      const from = packages.find((published) => importer.startsWith(`${published.folder}/`));
      if (inner && from) {
        return join(folder, 'node_modules', from.manifest.name, 'dist', `${inner}.js`);
      }
    },
    load(id) {
      if (id !== '\0tests') return;
      const imports = tests.map((test) => {
        const file = JSON.stringify(join(ROOT, test));
        return `${JSON.stringify(test)}: () => import(${file})`;
      });
      return `export default {${imports.join(',\n')}};`;
    },
    transform(code, id) {
      // A package without side effects would lose its tests: they export nothing.
      if (ours(id) && id.includes('/test/')) return { code, moduleSideEffects: true };
    },
  };
}

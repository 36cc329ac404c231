import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

/** What training imports to have the gradients of tfjs's ops. */
const GRADIENTS = 'virtual:tfjs-gradients';

/** Modules of tfjs that nothing in this page can come to, or only later. */
const LEAN: readonly { module: RegExp; leave(file: string): string }[] = [
  // Layers of recurrent networks, which no image classifier has.
  {
    module: /tfjs-layers\/dist\/layers\/(recurrent|convolutional_recurrent|wrappers)\.js$/,
    leave: names,
  },
  // Fingerprints of strings, of which pictures have none, and the 64-bit integers that only they need.
  { module: /tfjs-core\/dist\/hash_util\.js$/, leave: names },
  // Gradients, which training brings along: see `GRADIENTS`.
  { module: /tfjs-core\/dist\/register_all_gradients\.js$/, leave: () => '' },
  // tfjs's own threads, which do not start in a bundle: those of @fbsd/kernels load the same script as a file.
  { module: /tfjs-backend-wasm\/wasm-out\/tfjs-backend-wasm-threaded-simd\.js$/, leave: names },
  // The script for one thread, which pages with several need not load.
  {
    module: /tfjs-backend-wasm\/wasm-out\/tfjs-backend-wasm\.js$/,
    leave: (file) =>
      `export default async (options) => (await import(${JSON.stringify(`${file}?whole`)})).default(options);`,
  },
];

/** Leaves out, or for later, what prediction does not need of tfjs: a fifth of its script. */
export function leanTfjs(): Plugin {
  let lean = false;
  return {
    name: 'lean-tfjs',
    enforce: 'pre',
    configResolved({ command }) {
      lean = command === 'build';
    },
    async resolveId(id) {
      if (id !== GRADIENTS) return undefined;
      if (!lean) return `\0${GRADIENTS}`;
      const core = await this.resolve('@tensorflow/tfjs-core');
      return core && `${join(dirname(core.id), 'register_all_gradients.js')}?whole`;
    },
    load(id) {
      if (id === `\0${GRADIENTS}`) return ''; // tfjs is whole
      return lean ? LEAN.find(({ module }) => module.test(id))?.leave(id) : undefined;
    },
  };
}

/** What a module exports, as classes and functions of which nobody makes anything. */
function names(file: string): string {
  const text = readFileSync(file, 'utf8');
  const declared = [...text.matchAll(/^export (?:class|function|const|var) (\w+)/gm)];
  const listed = [...text.matchAll(/^export \{ (\w+) \};/gm)];
  const exported = new Set([...declared, ...listed].map(([, name]) => name));
  return [
    ...[...exported].map((name) => `export class ${name} {}`),
    'export default class LeftOut {}',
  ].join('\n');
}

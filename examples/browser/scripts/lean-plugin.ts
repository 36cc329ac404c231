import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';
import { withoutKernels } from './kernels-left-out.ts';

/** What training imports to have the gradients of tfjs's ops. */
const GRADIENTS = 'virtual:tfjs-gradients';

interface Lean {
  module: RegExp;
  /** What is left of it, by the path of its file. */
  leave(file: string): string;
}

/** Modules, most of them tfjs's, that nothing in this page can come to, or only later. */
const LEAN: readonly Lean[] = [
  // Layers of recurrent networks, which no image classifier has.
  {
    module: /tfjs-layers\/dist\/layers\/(recurrent|convolutional_recurrent|wrappers)\.js$/,
    leave: names,
  },
  // Generators of random numbers other than the one that tfjs draws initial weights with.
  { module: /seedrandom\/lib\/(xor128|xorwow|xorshift7|xor4096|tychei)\.js$/, leave: names },
  // Layers that make training pictures or encode categories; a model's summary; profiles of ops.
  {
    module:
      /tfjs-layers\/dist\/(layers\/preprocessing\/(category_encoding|preprocessing_utils|random_height|random_width)|utils\/layer_utils)\.js$/,
    leave: names,
  },
  {
    module: /tfjs-core\/dist\/(profiler|platforms\/platform_node)\.js$/,
    leave: names,
  },
  // What `fit` of a model calls, in place of which the trainer has its own; embeddings of words.
  {
    module:
      /tfjs-layers\/dist\/(base_callbacks|callbacks|engine\/training_dataset|layers\/embeddings)\.js$/,
    leave: names,
  },
  // Kernels for browsers without SIMD, in which the page cannot decode pictures either.
  { module: /kernels\/dist\/backends\/wasm\/fallback\/index\.js$/, leave: names },
  // Ops that no image classifier has: boxes, spectra, strings, sparse tensors, decompositions.
  {
    module:
      /tfjs-core\/dist\/(ops\/(signal|spectral|sparse|string|linalg)\/\w+|ops\/image\/(threshold|transform|rotate_with_offset|non_max_suppression\w*)|backends\/non_max_suppression_impl)\.js$/,
    leave: names,
  },
  {
    module: /tfjs-backend-(wasm|webgl|webgpu)\/dist\/register_all_kernels\.js$/,
    leave: withoutKernels,
  },
  // What those kernels share.
  {
    module:
      /tfjs-core\/dist\/(backends\/einsum_util|ops\/(ragged_to_dense_util|rotate_util|sparse\/sparse_\w+_util))\.js$/,
    leave: names,
  },
  // Fingerprints of strings, of which pictures have none, and the 64-bit integers that only they need.
  { module: /tfjs-core\/dist\/hash_util\.js$/, leave: names },
  // Where tfjs loads models from and saves them to by itself: the page does so with files and its own database.
  {
    module: /tfjs-core\/dist\/io\/(http|indexed_db|local_storage|browser_files)\.js$/,
    leave: names,
  },
  // tfjs's optimizers: training has its own.
  { module: /tfjs-core\/dist\/optimizers\/\w+_optimizer\.js$/, leave: names },
  {
    module: /tfjs-core\/dist\/optimizers\/register_optimizers\.js$/,
    leave: () => 'export function registerOptimizers() {}',
  },
  // Gradients, which training brings along: see `GRADIENTS`.
  { module: /tfjs-core\/dist\/register_all_gradients\.js$/, leave: () => '' },
  // tfjs's own threads, which do not start in a bundle: those of @fbsd/kernels load the same script as a file.
  { module: /tfjs-backend-wasm\/wasm-out\/tfjs-backend-wasm-threaded-simd\.js$/, leave: names },
  {
    module: /tfjs-backend-wasm\/wasm-out\/tfjs-backend-wasm-threaded-simd\.worker\.js$/,
    leave: () => "export const wasmWorkerContents = '';",
  },
  // What unpacks archives where a browser cannot do it itself, and what reads encrypted ones, which are refused.
  {
    module:
      /zip\.js\/lib\/core\/streams\/(zlib-js\/zlib-streams\.min|aes-crypto-stream|zip-crypto-stream)\.js$/,
    leave: names,
  },
  // The script for one thread, which pages with several need not load.
  {
    module: /tfjs-backend-wasm\/wasm-out\/tfjs-backend-wasm\.js$/,
    leave: (file) =>
      `export default async (options) => (await import(${JSON.stringify(`${file}?whole`)})).default(options);`,
  },
];

/**
 * Leaves out, or for later, what prediction does not need: a quarter of tfjs's script, half of that for archives.
 *
 * @param withModels false for a script that makes no model: it has nothing of tfjs then, whatever it imports of the trainer
 */
export function lean({ withModels }: { withModels(entry: string): boolean }): Plugin {
  let isBuild = false;
  let models = true;
  return {
    name: 'lean',
    enforce: 'pre',
    configResolved({ command }) {
      isBuild = command === 'build';
    },
    options({ input }) {
      models = withModels(JSON.stringify(input ?? ''));
    },
    async resolveId(id, importer) {
      if (id === GRADIENTS) {
        if (!isBuild) return `\0${GRADIENTS}`; // tfjs is whole
        const core = await this.resolve('@tensorflow/tfjs-core', importer);
        return core && `${join(dirname(core.id), 'register_all_gradients.js')}?whole`;
      }
      if (id !== '@fbsd/fbsd' || models) return undefined;
      // The trainer imports it for what it registers, so that models can be loaded.
      const layers = await this.resolve(id, importer, { skipSelf: true });
      return layers && { ...layers, moduleSideEffects: false };
    },
    load(id) {
      if (id === `\0${GRADIENTS}`) return '';
      return isBuild ? LEAN.find(({ module }) => module.test(id))?.leave(id) : undefined;
    },
  };
}

/** What a module exports, as classes of which nobody makes anything. */
function names(file: string): string {
  const text = readFileSync(file, 'utf8');
  const declared = text.matchAll(/^export (?:async )?(?:class|function|const|var) (\w+)/gm);
  const lists = text.matchAll(/\bexport\s*\{([^}]+)\};/g);
  const listed = [...lists].flatMap(([, list = '']) =>
    list.split(',').map((one) => one.match(/(\w+)\s*$/)?.[1]),
  );
  const exported = new Set([...[...declared].map(([, name]) => name), ...listed]);
  return [
    ...[...exported].map((name) => `export class ${name} {}`),
    'export default class LeftOut {}',
  ].join('\n');
}

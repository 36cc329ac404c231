import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, createLogger } from 'vite';
import { run } from '../../../workspace/command.js';
import { entries, isForNode } from '../../../workspace/repository.js';

/**
 * What a bundler makes of a package: how much code, minified and gzipped, without tfjs; that layers
 * stay registered where a bundle only loads saved models; that what is not imported is left out.
 *
 * @param {import('../results.js').Results} results
 * @param {import('../../../workspace/repository.js').Package} published
 * @param {string} folder where it is installed
 * @returns {Promise<Record<string, number>>} bytes of the whole package and of each export alone
 */
export async function checkBundle(results, { manifest }, folder) {
  const { name } = manifest;
  /** @type {Record<string, number>} */
  const sizes = {};
  const forNode = entries(manifest).filter(isForNode);
  const forAll = entries(manifest).filter((entry) => !isForNode(entry));
  await results.check(name, 'Vite build', async () => {
    for (const entry of forAll) {
      sizes[entry] = size(await bundle(folder, `export * from '${entry}';`));
    }
    for (const entry of forNode) {
      const outcome = await bundle(folder, `export * from '${entry}';`).catch((error) => error);
      if (!(outcome instanceof Error)) throw new Error(`it bundles ${entry} for browsers`);
      if (!outcome.message.includes('is not exported under the conditions')) throw outcome;
    }
    return `for browsers: ${forAll.join(', ') || 'none'}; refused: ${forNode.join(', ') || 'none'}`;
  });
  if (isForNode(name)) return sizes;
  await results.check(name, 'an entry for one backend carries that one only', async () => {
    const found = [];
    for (const entry of entries(manifest)) {
      const backend = entry.slice(name.length + 1);
      if (!(backend in SIGNS_OF_BACKENDS)) continue;
      const code = await bundle(folder, `export * from '${entry}';`);
      const carried = Object.entries(SIGNS_OF_BACKENDS).filter(([, sign]) => sign.test(code));
      const names = carried.map(([backend]) => backend);
      if (names.join() !== backend)
        throw new Error(`${entry} carries ${names.join(', ') || 'none'}`);
      found.push(backend);
    }
    return found.join(', ') || 'has none';
  });
  await results.check(name, 'registers its layers in a bundle', async () => {
    const whole = await registered(folder, await bundle(folder, `export * from '${name}';`));
    const bare = await registered(folder, await bundle(folder, `import '${name}';`));
    if (bare !== whole)
      throw new Error(`\`import '${name}'\` alone registers ${bare || 'nothing'}`);
    return whole || 'has none';
  });
  await results.check(name, 'tree-shaking', async () => {
    const { exports } = await inspect(folder, await bundle(folder, `export * from '${name}';`));
    for (const exported of exports) {
      sizes[exported] = size(await bundle(folder, `export { ${exported} } from '${name}';`));
    }
    const [least] = exports.sort((a, b) => (sizes[a] ?? 0) - (sizes[b] ?? 0));
    sizes['import'] = size(await bundle(folder, `import '${name}';`));
    return `nothing used: ${sizes['import']} B; ${least} alone: ${sizes[String(least)]} B`;
  });
  return sizes;
}

/**
 * @param {string} folder
 * @param {string} source of the entry
 * @returns {Promise<string>} the bundle, minified
 * @throws Error also where the bundler only warns: users see that, and can do nothing about it
 */
async function bundle(folder, source) {
  const input = join(folder, 'bundled.js');
  await writeFile(input, source);
  /** @type {string[]} */
  const warnings = [];
  const warn = (/** @type {string} */ message) => void warnings.push(message);
  const built = await build({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    customLogger: { ...createLogger('silent'), warn, warnOnce: warn },
    build: {
      write: false,
      modulePreload: false,
      rolldownOptions: {
        input,
        external: /^@tensorflow\//,
        preserveEntrySignatures: 'strict',
        output: { codeSplitting: false },
      },
    },
  });
  if (warnings.length > 0) throw new Error(`a bundler warns: ${warnings.join('; ')}`);
  const { output } = /** @type {import('vite').Rolldown.RolldownOutput} */ (built);
  return output[0].code; // one chunk
}

/**
 * What shows in a bundle that it has kernels for a backend: WebAssembly's first bytes in base64, an attribute
 * of WGSL, an op of TensorFlow's.
 *
 * @type {Record<string, RegExp>}
 */
const SIGNS_OF_BACKENDS = {
  wasm: /AGFzbQ/,
  webgpu: /@workgroup_size/,
  tensorflow: /FusedBatchNormV3/,
};

/** @param {string} code */
const size = (code) => (code.trim() === '' ? 0 : gzipSync(code, { level: 9 }).length);

/**
 * What a bundle exports and which of our layers it registers, found by running it.
 *
 * @param {string} folder
 * @param {string} code
 * @returns {Promise<{ exports: string[], classes: string[] }>}
 */
async function inspect(folder, code) {
  await writeFile(join(folder, 'bundle.mjs'), code);
  await writeFile(join(folder, 'inspect.mjs'), INSPECT);
  return JSON.parse(await run(process.execPath, ['inspect.mjs'], folder));
}

/** @param {string} folder @param {string} code */
async function registered(folder, code) {
  return (await inspect(folder, code)).classes.join(', ');
}

// A package without tfjs has no layers, and is installed without it.
const INSPECT = `
const exports = Object.keys(await import('./bundle.mjs'));
const tfjs = await import('@tensorflow/tfjs-core').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
});
const names = tfjs ? Object.keys(tfjs.serialization.SerializationMap.getMap().classNameMap) : [];
console.log(JSON.stringify({ exports, classes: names.filter((name) => name.startsWith('Fbsd')) }));
`;

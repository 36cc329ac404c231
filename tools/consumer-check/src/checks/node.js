import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../workspace/command.js';
import { entries } from '../../../workspace/repository.js';

/** Where layers are registered, if the package has it as a peer. */
const TFJS = '@tensorflow/tfjs-core';

/**
 * A package in a folder of its own: `import` and `require` give the same things, in the same state.
 *
 * @param {import('../results.js').Results} results
 * @param {import('../../../workspace/repository.js').Package} published
 * @param {string} folder where it is installed, with its peers alone
 */
export async function checkNode(results, { manifest }, folder) {
  await writeFile(join(folder, 'load.mjs'), LOAD_BY_IMPORT);
  await writeFile(join(folder, 'load.cjs'), LOAD_BY_REQUIRE);
  for (const entry of entries(manifest)) {
    const imported = await results.check(entry, 'import, Node ESM', () => load('load.mjs', entry));
    await results.check(entry, 'require, CommonJS', async () => {
      const required = await load('load.cjs', entry);
      if (required !== imported) throw new Error(`${required}, but import: ${imported}`);
      return `the same; ${process.version}`;
    });
  }

  /** @param {string} program @param {string} entry */
  async function load(program, entry) {
    const warnings = '--disable-warning=ExperimentalWarning'; // require of ESM, on Node 20
    const tfjs = TFJS in (manifest.peerDependencies ?? {}) ? [TFJS] : [];
    return (await run(process.execPath, [warnings, program, entry, ...tfjs], folder)).trim();
  }
}

const DESCRIBE = `
function describe(module, tfjs) {
  const names = Object.keys(module).sort();
  if (names.length === 0) throw new Error('it exports nothing');
  for (const name of names) if (module[name] === undefined) throw new Error(name + ' is undefined');
  const classes = tfjs ? Object.keys(tfjs.serialization.SerializationMap.getMap().classNameMap) : [];
  const ours = classes.filter((name) => name.startsWith('Fbsd'));
  console.log(names.join(', ') + (ours.length > 0 ? '; registers ' + ours.join(', ') : ''));
}`;

const LOAD_BY_IMPORT = `
const tfjs = process.argv[3] && (await import(process.argv[3]));
describe(await import(process.argv[2]), tfjs);
${DESCRIBE}`;

const LOAD_BY_REQUIRE = `
const tfjs = process.argv[3] && require(process.argv[3]);
describe(require(process.argv[2]), tfjs);
${DESCRIBE}`;

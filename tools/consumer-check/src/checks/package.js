import { join } from 'node:path';
import { run } from '../../../workspace/command.js';
import { ROOT } from '../../../workspace/repository.js';

/**
 * What can be said of a tarball without installing it: publint and attw find no fault, and it
 * depends on nothing that is not allowed.
 *
 * @param {import('../results.js').Results} results
 * @param {import('../../../workspace/repository.js').Package} published
 * @param {import('../consumer.js').Tarball} tarball
 * @param {readonly string[]} allowed the dependencies that the budget allows
 */
export async function checkPackage(results, { manifest }, tarball, allowed) {
  const { name } = manifest;
  await results.check(name, 'publint --strict', async () => {
    await run(bin('publint'), ['run', tarball.path, '--strict'], ROOT);
  });
  // esm-only: neither `require` in TypeScript before 5.8 nor node10's resolution is served.
  await results.check(name, 'attw --profile esm-only', async () => {
    await run(bin('attw'), [tarball.path, '--profile', 'esm-only', '--format', 'ascii'], ROOT);
  });
  await results.check(name, 'dependencies, peers', () => {
    const { dependencies: required, optionalDependencies } = manifest;
    const dependencies = Object.keys({ ...required, ...optionalDependencies });
    const surprising = dependencies.filter((dependency) => !allowed.includes(dependency));
    if (surprising.length > 0) throw new Error(`not in the budget: ${surprising.join(', ')}`);
    // A program has one tfjs: its own, so that everything else takes it as a peer.
    const own = manifest.bin ? [] : dependencies.filter((each) => each.startsWith('@tensorflow/'));
    if (own.length > 0) throw new Error(`has to be a peer: ${own.join(', ')}`);
    const peers = Object.keys(manifest.peerDependencies ?? {});
    const isOptional = (/** @type {string} */ peer) =>
      manifest.peerDependenciesMeta?.[peer]?.optional === true;
    const foreign = peers.filter(
      (peer) => !/^@(tensorflow\/tfjs-|fbsd\/)/.test(peer) && !isOptional(peer),
    );
    if (foreign.length > 0) throw new Error(`peers beside tfjs: ${foreign.join(', ')}`);
    return `${dependencies.join(', ') || 'none'}; ${peers.join(', ') || 'none'}`;
  });
  await results.check(name, 'no binary of this machine', () => {
    const binaries = tarball.files.filter(({ path }) => /\.(node|o|so|dylib|dll)$/.test(path));
    if (binaries.length > 0) throw new Error(binaries.map(({ path }) => path).join(', '));
  });
}

/** @param {string} name */
const bin = (name) => join(ROOT, 'node_modules/.bin', name);

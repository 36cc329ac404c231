import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../workspace/command.js';
import { ROOT, readManifest } from '../../workspace/repository.js';

/**
 * @typedef {import('../../workspace/repository.js').Package} Package
 *
 * @typedef {object} Tarball what `npm pack` made of a package
 * @property {string} name
 * @property {string} path
 * @property {number} size bytes of the tarball
 * @property {number} unpackedSize
 * @property {{ path: string }[]} files
 */

/** The versions of tfjs that this repository is tested with; every other choice is npm's. */
const installedVersion = (/** @type {string} */ name) =>
  readManifest(join(ROOT, 'node_modules', name)).version;

/**
 * Packs packages as `npm publish` does.
 *
 * @param {readonly Package[]} packages
 * @param {string} destination an existing folder
 * @returns {Promise<Map<string, Tarball>>} by name
 */
export async function pack(packages, destination) {
  const workspaces = packages.map(({ manifest }) => `--workspace=${manifest.name}`);
  const args = ['pack', '--json', '--ignore-scripts', `--pack-destination=${destination}`];
  const packed = JSON.parse(await run('npm', [...args, ...workspaces], ROOT));
  return new Map(
    packed.map((/** @type {any} */ { name, filename, size, unpackedSize, files }) => [
      name,
      { name, path: join(destination, filename), size, unpackedSize, files },
    ]),
  );
}

/**
 * Installs packages from their tarballs in a new folder, with the peers that they must have and
 * nothing else but `extra`.
 *
 * @param {string} folder
 * @param {readonly Package[]} packages
 * @param {ReadonlyMap<string, Tarball>} tarballs of all packages that may be needed
 * @param {readonly string[]} [extra] packages of the registry, in the versions installed here
 */
export async function install(folder, packages, tarballs, extra = []) {
  /** @type {Record<string, string>} */
  const dependencies = {};
  const add = (/** @type {import('../../workspace/repository.js').Manifest} */ manifest) => {
    const { name, peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
    dependencies[name] = `file:${tarballs.get(name)?.path}`;
    for (const peer of Object.keys(peerDependencies)) {
      if (tarballs.has(peer) || peerDependenciesMeta[peer]?.optional) continue;
      dependencies[peer] = installedVersion(peer);
    }
  };
  for (const { manifest } of packages) add(manifest);
  for (const name of extra) dependencies[name] = installedVersion(name);
  await mkdir(folder, { recursive: true });
  const manifest = { name: 'consumer', private: true, type: 'module', dependencies };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  await run('npm', ['install', ...flags], folder);
}

/**
 * A package and those of this repository that it depends on, directly or not.
 *
 * @param {Package} root
 * @param {readonly Package[]} packages
 * @returns {Package[]}
 */
export function withDependencies(root, packages) {
  const found = new Set([root]);
  for (const { manifest } of found) {
    const { dependencies, optionalDependencies, peerDependencies } = manifest;
    const needed = { ...dependencies, ...optionalDependencies, ...peerDependencies };
    for (const other of packages) if (other.manifest.name in needed) found.add(other);
  }
  return [...found];
}

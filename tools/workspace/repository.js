import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of this repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * @typedef {object} Manifest what is used of a package.json
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {string | Record<string, string>} [bin]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, { optional?: boolean }>} [peerDependenciesMeta]
 * @property {Record<string, string | { node?: string, default?: string }>} exports
 *
 * @typedef {{ folder: string, manifest: Manifest }} Package
 */

/** @returns {Package[]} the packages that are published: whatever is in packages/ and not private */
export function publishedPackages() {
  const folder = join(ROOT, 'packages');
  return readdirSync(folder)
    .map((name) => ({ folder: join(folder, name), manifest: readManifest(join(folder, name)) }))
    .filter(({ manifest }) => !manifest.private);
}

/**
 * @param {string} folder
 * @returns {Manifest}
 */
export function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/**
 * What users import of a package: `@fbsd/kernels`, `@fbsd/kernels/node`.
 *
 * @param {Manifest} manifest
 */
export function entries({ name, exports }) {
  return Object.entries(exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([path]) => name + path.slice(1));
}

/**
 * Whether an entry is for Node alone: its export has the condition `node` and no `default`, so that a
 * bundler for browsers refuses it.
 *
 * @param {string} entry of one of our packages
 */
export function isForNode(entry) {
  return publishedPackages().some(({ manifest: { name, exports } }) => {
    const target = exports[entry.replace(name, '.')];
    return typeof target === 'object' && 'node' in target && !('default' in target);
  });
}

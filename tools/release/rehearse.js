import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { run } from '../workspace/command.js';
import { publishedPackages, ROOT, readManifest } from '../workspace/repository.js';
import { rehearseNative } from './rehearse-native.js';

/** @typedef {{ name: string, size: number, unpackedSize: number, files: { path: string, size: number }[] }} Packed */

/**
 * A release of what is committed, up to the upload: in a clone, so that nothing here changes, the
 * changesets become versions and change logs, and npm says what it would publish. What depends on the platform is
 * published to a registry on this machine, and installed from there.
 *
 * @returns {Promise<string>} the report
 */
export async function rehearse() {
  const clone = await mkdtemp(join(tmpdir(), 'fbsd-release-'));
  try {
    await run('git', ['clone', '--quiet', ROOT, clone], ROOT);
    await symlink(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
    const packages = publishedPackages();
    for (const { folder } of packages) {
      // As built here: what is generated, in both, is not committed.
      for (const part of ['src', 'dist']) {
        const path = join(relative(ROOT, folder), part);
        await cp(join(ROOT, path), join(clone, path), { recursive: true });
      }
    }
    await run(join(ROOT, 'node_modules/.bin/changeset'), ['version'], clone);
    const reports = [];
    for (const { folder, manifest } of packages) {
      const inClone = join(clone, relative(ROOT, folder));
      reports.push(await report(inClone, manifest.version));
    }
    const native = await rehearseNative(clone, await mkdtemp(join(clone, 'native-')));
    const uncommitted = await run('git', ['status', '--short'], ROOT);
    const warning = 'Some changes are not committed: a real release would not have them.\n\n';
    return (uncommitted ? warning : '') + [...reports, native].join('\n\n');
  } finally {
    await rm(clone, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder of a package
 * @param {string} before its version now
 */
async function report(folder, before) {
  const manifest = readManifest(folder);
  const { name, version, dependencies, optionalDependencies, peerDependencies } = manifest;
  const published = await publishedVersions(name, folder);
  const title = `${name} ${before} → ${version}`;
  if (published?.includes(version)) return `${title}: the registry has it, nothing to do`;
  const { size, unpackedSize, files } = await packed(name, folder);
  const needs = Object.entries({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  return [
    `${title}${published ? '' : ' (the first one, or the registry cannot be reached)'}`,
    `needs ${needs.map(([other, range]) => `${other} ${range}`).join(', ')}`,
    `${files.length} files, ${kilo(size)} packed, ${kilo(unpackedSize)} unpacked`,
    ...files.map((file) => `  ${kilo(file.size).padStart(9)}  ${file.path}`),
    'change log:',
    ...(await changes(folder)).split('\n').map((line) => `  ${line}`.trimEnd()),
  ].join('\n');
}

/**
 * @param {string} name
 * @param {string} folder
 * @returns {Promise<string[] | undefined>} undefined where npm knows none
 */
async function publishedVersions(name, folder) {
  try {
    return [JSON.parse(await run('npm', ['view', name, 'versions', '--json'], folder))].flat();
  } catch {
    return undefined;
  }
}

/**
 * What `npm publish` would upload, by its own account.
 *
 * @param {string} name
 * @param {string} folder
 * @returns {Promise<Packed>}
 */
async function packed(name, folder) {
  const args = ['publish', '--dry-run', '--json', '--ignore-scripts'];
  const answer = JSON.parse(await run('npm', args, folder));
  return answer[name] ?? answer;
}

/** The newest section of a package's change log. @param {string} folder */
async function changes(folder) {
  const log = await readFile(join(folder, 'CHANGELOG.md'), 'utf8').catch(() => '');
  return log.split(/^## /m)[1]?.trim() ?? 'nothing';
}

/** @param {number} bytes */
const kilo = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

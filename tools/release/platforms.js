import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nameOf, PLATFORMS, packageOf } from '../../packages/native/dist/platform.js';
import { FILES, writePlatformPackage } from '../../packages/native/scripts/platform-packages.js';
import { run } from '../workspace/command.js';
import { ROOT, readManifest } from '../workspace/repository.js';

/** The folder of @fbsd/native. */
export const NATIVE = join(ROOT, 'packages/native');

/** Where the release workflow puts the binaries of all platforms, each in a folder of its name. */
export const BINARIES = join(NATIVE, 'binaries');

/** Whether @fbsd/native is on the registry in the version of this repository: then so is all that it depends on. */
export function isNativePublished() {
  const { name, version } = readManifest(NATIVE);
  return isPublished(name, version);
}

/**
 * @param {string} binaries a folder for each platform
 * @throws Error that names what is missing: a release without it would leave its users with wasm
 */
export function requireBinaries(binaries) {
  const missing = PLATFORMS.map(nameOf)
    .flatMap((name) => FILES.map((file) => join(binaries, name, file)))
    .filter((path) => !existsSync(path));
  if (missing.length === 0) return;
  throw new Error(`no ${missing.join(', ')}: the jobs of the release workflow build them.`);
}

/**
 * Publishes the packages of all platforms, but for those that the registry has.
 *
 * @param {string} native the folder of @fbsd/native, whose version they get
 * @param {string} binaries a folder for each platform
 * @param {readonly string[]} [flags] of npm
 * @returns {Promise<string[]>} what was published
 */
export async function publishPlatforms(native, binaries, flags = []) {
  const folder = await mkdtemp(join(tmpdir(), 'fbsd-platforms-'));
  const published = [];
  try {
    for (const platform of PLATFORMS) {
      const [name, made] = [packageOf(platform), join(folder, nameOf(platform))];
      await writePlatformPackage(platform, native, join(binaries, nameOf(platform)), made);
      const { version } = readManifest(made);
      if (await isPublished(name, version, flags)) continue;
      await run('npm', ['publish', ...flags], made);
      published.push(`${name}@${version}`);
    }
    return published;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} name
 * @param {string} version
 * @param {readonly string[]} [flags] of npm
 */
async function isPublished(name, version, flags = []) {
  try {
    const args = ['view', `${name}@${version}`, 'version', ...flags];
    return (await run('npm', args, ROOT)).trim() === version;
  } catch {
    return false;
  }
}

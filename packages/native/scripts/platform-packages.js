import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nameOf, PLATFORMS, packageOf } from '../dist/platform.js';

/** What the package of a platform is made of: the binary and its digest. */
export const FILES = ['fbsd.node', 'fbsd.node.sha256'];

/** @typedef {import('../dist/platform.js').Platform} Platform */

/**
 * Writes the package that holds the binary for a platform, ready to be published.
 *
 * @param {Platform} platform
 * @param {string} native the folder of @fbsd/native, whose version it gets
 * @param {string} binaries where the {@link FILES} for the platform are
 * @param {string} folder that is made
 */
export async function writePlatformPackage(platform, native, binaries, folder) {
  const { os, cpu, libc } = platform;
  const text = await readFile(join(native, 'package.json'), 'utf8');
  const { version, license, homepage, repository, engines, publishConfig } = JSON.parse(text);
  const name = packageOf(platform);
  const description = `The binary of @fbsd/native for ${nameOf(platform)}, which installs it where it fits.`;
  const manifest = {
    ...{ name, version, description, license, homepage, repository },
    ...{ os: [os], cpu: [cpu], ...(libc && { libc: [libc] }) },
    ...{ files: FILES, engines, publishConfig },
  };
  await mkdir(folder, { recursive: true });
  for (const file of FILES) await cp(join(binaries, file), join(folder, file));
  await cp(join(native, 'LICENSE'), join(folder, 'LICENSE'));
  await writeFile(join(folder, 'package.json'), json(manifest));
  await writeFile(join(folder, 'README.md'), `# ${name}\n\n${description} See ${homepage}\n`);
}

/**
 * Has @fbsd/native depend on the packages of all platforms, of which npm installs the one that fits, while something
 * is done. At other times it does not: the registry has none of a version that is not published yet, and `npm ci` of
 * this repository would look for them.
 *
 * @template Result
 * @param {string} folder of @fbsd/native
 * @param {() => Promise<Result>} act
 * @returns {Promise<Result>}
 */
export async function withPlatformPackages(folder, act) {
  const path = join(folder, 'package.json');
  const before = await readFile(path, 'utf8');
  const manifest = JSON.parse(before);
  const { version } = manifest;
  const optionalDependencies = Object.fromEntries(
    PLATFORMS.map((platform) => [packageOf(platform), version]),
  );
  await writeFile(path, json({ ...manifest, optionalDependencies }));
  try {
    return await act();
  } finally {
    await writeFile(path, before);
  }
}

/** @param {object} manifest */
const json = (manifest) => `${JSON.stringify(manifest, null, 2)}\n`;

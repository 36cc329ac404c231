import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nameOf, PLATFORMS, packageOf, thisPlatform } from '../../packages/native/dist/platform.js';
import { FILES, withPlatformPackages } from '../../packages/native/scripts/platform-packages.js';
import { run } from '../workspace/command.js';
import { readManifest } from '../workspace/repository.js';
import { startRegistry } from './local-registry.js';
import { NATIVE, publishPlatforms } from './platforms.js';

const TFJS = ['core', 'layers', 'backend-wasm'].map((name) => `@tensorflow/tfjs-${name}@^4.22.0`);

/** What a user runs who has installed it. */
const PROGRAM = `
import '@tensorflow/tfjs-backend-wasm';
import { useNative } from '@fbsd/kernels/node';
import { conv2d, ones, sum } from '@tensorflow/tfjs-core';
const { instructions, threads } = await useNative({ threads: 2 });
const [sumOfAll] = await sum(conv2d(ones([1, 4, 4, 8]), ones([3, 3, 8, 2]), 1, 'valid')).data();
if (sumOfAll !== 576) throw new Error('a convolution gave ' + sumOfAll);
console.log('@fbsd/native was installed and computed with ' + instructions + ' on ' + threads + ' threads');
`;

/**
 * Publishes @fbsd/native, the packages of all platforms and @fbsd/kernels to a registry on this machine, installs them
 * from there and computes with them. Only the binary for this platform is a real one.
 *
 * @param {string} clone of the repository, with the versions to be published
 * @param {string} folder for what is made
 * @returns {Promise<string>} what happened
 */
export async function rehearseNative(clone, folder) {
  const built = join(NATIVE, 'build');
  if (!existsSync(built))
    return '@fbsd/native was not built here: its installation is not rehearsed';
  const native = join(clone, 'packages/native');
  const binaries = join(folder, 'binaries');
  const here = nameOf(thisPlatform());
  for (const name of PLATFORMS.map(nameOf)) {
    await mkdir(join(binaries, name), { recursive: true });
    for (const file of FILES) {
      const path = join(binaries, name, file);
      if (name === here) await cp(join(built, file), path);
      else await writeFile(path, 'of another platform');
    }
  }
  const registry = await startRegistry();
  try {
    const flags = [
      ...[
        `--@fbsd:registry=${registry.url}`,
        `--${registry.url.replace('http:', '')}:_authToken=any`,
      ],
      ...['--provenance=false', '--ignore-scripts'],
    ];
    await publishPlatforms(native, binaries, flags);
    await withPlatformPackages(native, () => run('npm', ['publish', ...flags], native));
    await run('npm', ['publish', ...flags], join(clone, 'packages/kernels'));
    const user = join(folder, 'user');
    await mkdir(user);
    await writeFile(join(user, 'package.json'), '{ "private": true }');
    await writeFile(join(user, 'program.mjs'), PROGRAM);
    await run('npm', ['install', ...flags, '@fbsd/native', '@fbsd/kernels', ...TFJS], user);
    await checkInstalled(join(user, 'node_modules/@fbsd'), readManifest(native).version);
    return (await run(process.execPath, ['program.mjs'], user)).trim();
  } finally {
    registry.close();
  }
}

/**
 * npm took the package of this platform alone.
 *
 * @param {string} scope the folder of what was installed
 * @param {string} version
 */
async function checkInstalled(scope, version) {
  const expected = packageOf(thisPlatform()).slice('@fbsd/'.length);
  const installed = (await readdir(scope)).filter((name) => name.startsWith('native-'));
  if (installed.join() !== expected) {
    throw new Error(`npm installed ${installed.join(', ') || 'no binary'} instead of ${expected}`);
  }
  const { version: got } = readManifest(join(scope, expected));
  if (got !== version) throw new Error(`${expected} is ${got}, not ${version}`);
}

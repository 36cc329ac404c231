import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Addon } from './addon.ts';
import { NoNativeError } from './no-native-error.ts';
import { nameOf, PLATFORMS, type Platform, packageOf, thisPlatform } from './platform.ts';

/** The binary, in `build` as well as in the packages of platforms. Beside it stands its digest, with `.sha256` behind. */
const BINARY = 'fbsd.node';

/** This package's own folder. */
const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

/**
 * Loads the addon: what `npm run build:native` made, or else that of the package for this platform.
 *
 * @param folder of this package; packages of platforms are looked for from here
 * @param platform @default that of this process
 * @throws {NoNativeError} if there is none, or it does not load
 */
export function loadAddon(folder = PACKAGE, platform?: Platform): Addon {
  const own = join(folder, 'build', BINARY);
  if (existsSync(own)) return load(own, 'Build it anew: npm run build:native');
  return load(installed(folder, platform ?? thisPlatform()), 'Install @fbsd/native anew');
}

/** The binary in the package for a platform. */
function installed(folder: string, platform: Platform): string {
  const name = packageOf(platform);
  if (!PLATFORMS.some((each) => packageOf(each) === name)) {
    throw new NoNativeError(
      `[@fbsd/native] there are no kernels for ${nameOf(platform)}, only for ${PLATFORMS.map(nameOf).join(', ')}. Use wasm instead.`,
    );
  }
  try {
    return createRequire(join(folder, 'package.json')).resolve(`${name}/${BINARY}`);
  } catch (cause) {
    throw new NoNativeError(
      `[@fbsd/native] ${name} is not installed, which has the kernels for this machine. Install @fbsd/native anew, with ` +
        'optional dependencies; in a clone of its repository, build them: npm run build:native',
      { cause },
    );
  }
}

function load(binary: string, remedy: string): Addon {
  // To load a file that lacks its end would kill the process.
  if (!isWhole(binary)) {
    throw new NoNativeError(`[@fbsd/native] ${binary} is damaged. ${remedy}`);
  }
  try {
    return createRequire(import.meta.url)(binary) as Addon;
  } catch (cause) {
    const [reason] = (cause as Error).message.split('\n');
    throw new NoNativeError(`[@fbsd/native] the kernels did not load: ${reason}. ${remedy}`, {
      cause,
    });
  }
}

function isWhole(binary: string): boolean {
  try {
    const digest = createHash('sha256').update(readFileSync(binary)).digest('hex');
    return readFileSync(`${binary}.sha256`, 'utf8').trim() === digest;
  } catch {
    return false;
  }
}

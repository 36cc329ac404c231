import { createRequire } from 'node:module';
import type { Addon } from './addon.ts';
import { NoNativeError } from './no-native-error.ts';

const require = createRequire(import.meta.url);

/** What `npm run build:native` makes. */
const OWN_BUILD = '../build/fbsd.node';

/** Loads the addon for this machine. @throws {NoNativeError} if there is none, or it does not load */
export function loadAddon(): Addon {
  try {
    return require(OWN_BUILD) as Addon;
  } catch (cause) {
    throw new NoNativeError(`[@fbsd/native] ${(cause as Error).message}`, { cause });
  }
}

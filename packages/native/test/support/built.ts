import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What `npm run build:native` made, if it did. */
export const BUILT = fileURLToPath(new URL('../../build/fbsd.node', import.meta.url));

/** Declares tests of the compiled kernels: skipped, by name, where there are none. */
export function describeBuilt(name: string, body: () => void): void {
  if (existsSync(BUILT)) describe(name, body);
  else describe.skip(`${name} (npm run build:native was not run)`, body);
}

import { fileURLToPath } from 'node:url';

/** Absolute path of a picture in test/fixtures/images. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/images/${name}`, import.meta.url));
}

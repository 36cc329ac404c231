import { readFileSync } from 'node:fs';

/** The bytes of a file; the only thing here that knows Node. */
export function readFile(file: URL): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(file));
}

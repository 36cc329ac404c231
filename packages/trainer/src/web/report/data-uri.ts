/** Makes a data URI, which a page needs no other file for. */
export function dataUri(type: string, bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.length; from += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(from, from + CHUNK));
  }
  return `data:${type};base64,${btoa(text)}`;
}

/** As many arguments as every engine takes. */
const CHUNK = 2 ** 13;

// Stands in for the file of the same name in `@fbsd/testing`.

/** @param {URL} url */
export function readFile(url) {
  const request = new XMLHttpRequest();
  request.open('GET', url, false); // tests read goldens synchronously
  request.overrideMimeType('text/plain; charset=x-user-defined'); // leaves the bytes as they are
  request.send();
  if (request.status !== 200) throw new Error(`${url}: ${request.status}`);
  return Uint8Array.from(request.responseText, (character) => character.charCodeAt(0) & 0xff);
}

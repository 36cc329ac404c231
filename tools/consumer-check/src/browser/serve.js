import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const PAGE = '<!doctype html><title>page</title><script type="module" src="/page.js"></script>';
/** With these a page is cross-origin isolated. */
const ISOLATION = new Headers({
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
});
/** @type {Record<string, string>} */
const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.png': 'image/png' };

/**
 * Serves a folder, and a page that loads its `page.js`, to this machine alone.
 *
 * @param {string} folder
 * @param {{ isolated?: boolean }} [options] whether the page is to be cross-origin isolated
 * @returns {Promise<{ address: string, close(): void }>}
 */
export async function serve(folder, { isolated = false } = {}) {
  const server = createServer(async (request, response) => {
    if (isolated) response.setHeaders(ISOLATION);
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    if (path === '/') return response.setHeader('content-type', 'text/html').end(PAGE);
    try {
      const type = TYPES[extname(path)] ?? 'application/octet-stream';
      response.setHeader('content-type', type).end(await readFile(join(folder, path)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { address: `http://localhost:${port}/`, close: () => server.close() };
}

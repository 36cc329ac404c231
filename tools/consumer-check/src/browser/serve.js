import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const PAGE = '<!doctype html><title>tests</title><script type="module" src="/page.js"></script>';
/** @type {Record<string, string>} */
const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm' };

/**
 * Serves a folder, and a page that loads its `page.js`, to this machine alone.
 *
 * @param {string} folder
 * @returns {Promise<{ address: string, close(): void }>}
 */
export async function serve(folder) {
  const server = createServer(async (request, response) => {
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

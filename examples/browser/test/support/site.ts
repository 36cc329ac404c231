import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The page as `npm run build` made it. */
export const DIST = fileURLToPath(new URL('../../dist', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.jpg': 'image/jpeg',
  '.wasm': 'application/wasm',
};
/** Below a path of its own, as GitHub has it. */
const BASE = '/somewhere/page/';

export interface Site {
  /** Of the page. */
  address: string;
  /** Of a page without anything, in the same place. */
  blank: string;
  /** What was asked for, and how many bytes it has. */
  requests: { path: string; bytes: number }[];
  close(): void;
}

/**
 * Serves the built page as a static host does, below a path, to this machine alone.
 *
 * @param isolated whether the host sends the headers that isolate the page
 */
export async function serveSite({ isolated = true, folder = DIST } = {}): Promise<Site> {
  const requests: Site['requests'] = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (isolated) {
      response.setHeader('cross-origin-opener-policy', 'same-origin');
      response.setHeader('cross-origin-embedder-policy', 'require-corp');
    }
    const path = normalize(pathname.slice(BASE.length)) || '.';
    if (!pathname.startsWith(BASE) || path.startsWith('..')) return response.writeHead(404).end();
    const file = path === '.' ? 'index.html' : path;
    try {
      const blank = file === 'blank.html';
      const content = blank
        ? '<!doctype html><title>blank</title>'
        : await readFile(join(folder, file));
      requests.push({ path: file, bytes: content.length });
      response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const address = `http://localhost:${port}${BASE}`;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { address, blank: `${address}blank.html`, requests, close };
}

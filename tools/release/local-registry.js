import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * A registry of npm on this machine, as much of one as `npm publish` and `npm install` need: what is published lies in
 * memory.
 *
 * @returns {Promise<{ url: string, close(): void }>}
 */
export async function startRegistry() {
  /** @type {Map<string, any>} by name */
  const documents = new Map();
  /** @type {Map<string, Buffer>} by path */
  const tarballs = new Map();
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '').slice(1);
    if (request.method === 'PUT') {
      const published = JSON.parse((await request.toArray()).join(''));
      for (const [file, { data }] of Object.entries(published._attachments)) {
        tarballs.set(`${published.name}/-/${file}`, Buffer.from(data, 'base64'));
      }
      const before = documents.get(published.name);
      published.versions = { ...before?.versions, ...published.versions };
      documents.set(published.name, published);
    }
    const tarball = tarballs.get(path);
    const document = documents.get(request.method === 'PUT' ? '' : path) ?? {};
    const there = request.method === 'PUT' || tarball || document.name;
    response.writeHead(there ? 200 : 404).end(tarball ?? JSON.stringify(document));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

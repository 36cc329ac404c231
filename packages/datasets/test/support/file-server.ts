import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers a request; `body` is the file that was asked for. */
export type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

/** Gives every test of the file a server on this machine, whose files and answers the test decides. */
export function fileServer() {
  const served = {
    /** By name. */
    files: {} as Record<string, Buffer>,
    /** One for each request that comes; after them {@link withRanges} answers. */
    answers: [] as Answer[],
    /** Range and If-Range of the requests that came. */
    asked: [] as [string | undefined, string | undefined][],
    /** To be told how much has come, for {@link breaksOffAfter}. */
    received: (done: number) => {
      for (const [count, response] of waiting) if (done >= count) response.destroy();
    },
    url: (name: string) => `${base}/${name}`,
  };
  let base = '';
  const server = createServer((request, response) => {
    const { range, 'if-range': ifRange } = request.headers;
    served.asked.push([range, ifRange as string | undefined]);
    const body = served.files[new URL(request.url ?? '', base).pathname.slice(1)];
    const answer = served.answers.shift() ?? withRanges;
    if (body) answer(request, response, body);
    else response.writeHead(404).end();
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    waiting.clear();
    Object.assign(served, { files: {}, answers: [], asked: [] });
  });
  afterAll(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return served;
}

/** As a good server does. */
export const withRanges: Answer = ({ headers }, response, body) => {
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  const changed = headers['if-range'] !== undefined && headers['if-range'] !== '"v1"';
  if (start === 0 || changed) {
    response.writeHead(200, { 'content-length': body.length, etag: '"v1"' }).end(body);
  } else if (start >= body.length) {
    response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
  } else {
    const range = `bytes ${start}-${body.length - 1}/${body.length}`;
    response
      .writeHead(206, { 'content-range': range, 'content-length': body.length - start })
      .end(body.subarray(start));
  }
};

const waiting = new Map<number, ServerResponse>();

/** Says that all is to come, and breaks off when so many bytes have been received. */
export const breaksOffAfter =
  (count: number, headers: Record<string, string> = { etag: '"v1"' }): Answer =>
  (_, response, body) => {
    response.writeHead(200, { 'content-length': body.length, ...headers });
    response.write(body.subarray(0, count));
    waiting.set(count, response);
  };

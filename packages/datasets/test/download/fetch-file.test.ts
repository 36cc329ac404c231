import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomStream } from '@fbsd/trainer';
import { fetchFile, type Transfer } from '../../src/download/fetch-file.ts';
import { md5 } from '../support/archives.ts';
import { breaksOffAfter, fileServer, type withRanges } from '../support/file-server.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
const server = fileServer();
const next = randomStream(1);
const BODY = Buffer.from(Uint8Array.from({ length: 300_000 }, () => 256 * next()));

beforeEach(() => {
  server.files['birds.tgz'] = BODY;
});

const fetchBirds = (options = {}, url = server.url('birds.tgz'), expected = md5(BODY)) =>
  fetchFile({ url, md5: expected }, folder(), {
    pause: 0,
    onProgress: ({ done }) => server.received(done),
    ...options,
  });

async function expectWhole(result: Promise<string>) {
  const file = join(folder(), 'birds.tgz');
  expect(await result).toBe(file);
  expect(Buffer.compare(readFileSync(file), BODY)).toBe(0);
  expect(readdirSync(folder())).toEqual(['birds.tgz']);
}

describe('fetchFile', () => {
  test('fetches, checks, and tells how far it is', async () => {
    const seen: Transfer[] = [];
    await expectWhole(fetchBirds({ onProgress: (transfer: Transfer) => seen.push(transfer) }));
    const steps = seen.filter(({ step }) => step === 'fetching');
    expect(steps.every(({ done }, i) => done > (steps[i - 1]?.done ?? 0))).toBe(true);
    const all = { file: 'birds.tgz', done: BODY.length, total: BODY.length };
    expect(steps.at(-1)).toEqual({ step: 'fetching', ...all });
    expect(seen.at(-1)).toEqual({ step: 'checking', ...all });
    await fetchBirds(); // there already
    expect(server.asked).toHaveLength(1);
  });

  test('goes on after the connection broke off, where it broke off', async () => {
    server.answers = [breaksOffAfter(100_000), (_, response) => response.destroy()];
    const reasons: string[] = [];
    await expectWhole(fetchBirds({ onRetry: (reason: string) => reasons.push(reason) }));
    expect(server.asked).toEqual([
      [undefined, undefined],
      ['bytes=100000-', '"v1"'],
      ['bytes=100000-', '"v1"'],
    ]);
    expect(reasons).toEqual(['the connection broke off (aborted)', 'socket hang up']);
  });

  test('goes on in the next call, and asks on condition of the date where there is no strong tag', async () => {
    const date = 'Wed, 21 Oct 2015 07:28:00 GMT';
    const answer = breaksOffAfter(50_000, { etag: 'W/"v1"', 'last-modified': date });
    server.answers = [answer];
    await expect(fetchBirds({ attempts: 1 })).rejects.toThrow(
      `${server.url('birds.tgz')}: the connection broke off (aborted), 1 times. 50 kB are kept`,
    );
    expect(readdirSync(folder())).toEqual(['birds.tgz.part', 'birds.tgz.part.version']);
    await expectWhole(fetchBirds());
    expect(server.asked[1]).toEqual(['bytes=50000-', date]);
  });

  test('begins again with a server that sends all of it, or has another file now', async () => {
    const all = breaksOffAfter(BODY.length, {});
    server.answers = [breaksOffAfter(100_000, {}), all];
    await expectWhole(fetchBirds());
    expect(server.asked[1]).toEqual(['bytes=100000-', undefined]);
  });

  test('begins again when the file has changed', async () => {
    server.answers = [breaksOffAfter(100_000, { etag: '"v0"' })];
    await expectWhole(fetchBirds());
    expect(server.asked[1]).toEqual(['bytes=100000-', '"v0"']);
  });

  test.each<[string, number, Record<string, string>]>([
    ['another part than it was asked for', 206, { 'content-range': 'bytes 7-99/300000' }],
    ['a part of no known place', 206, {}],
    ['that there is no such part', 416, {}],
  ])('begins again when the server sends %s', async (_, status, headers) => {
    writeFileSync(join(folder(), 'birds.tgz.part'), BODY.subarray(0, 1000));
    server.answers = [(_, response) => response.writeHead(status, headers).end('nonsense')];
    await expectWhole(fetchBirds());
    expect(server.asked).toEqual([
      ['bytes=1000-', undefined],
      [undefined, undefined],
    ]);
  });

  test('a part that is whole is not fetched again', async () => {
    writeFileSync(join(folder(), 'birds.tgz.part'), BODY);
    await expectWhole(fetchBirds());
    expect(server.asked).toEqual([[`bytes=${BODY.length}-`, undefined]]);
    writeFileSync(
      join(folder(), 'birds.tgz.part'),
      BODY.map((byte) => byte ^ 1),
    );
    await rm(join(folder(), 'birds.tgz'));
    await expect(fetchBirds()).rejects.toThrow('It was removed. Try again');
    await expectWhole(fetchBirds());
  });

  test('gives up on a server that trickles', async () => {
    const trickles: typeof withRanges = (_, response, body) => {
      response.writeHead(200, { 'content-length': body.length });
      const timer = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(timer));
    };
    server.answers = [trickles, trickles];
    await expect(fetchBirds({ attempts: 2, window: 100 })).rejects.toThrow(
      /only \d+ B came in 0 s, 2 times/,
    );
    expect(server.asked).toHaveLength(2);
  });

  test('gives up on a server that trickles the head of its answer', async () => {
    const trickles: typeof withRanges = ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nX-Never: ');
      const timer = setInterval(() => socket.write('x'), 5);
      socket.on('close', () => clearInterval(timer));
    };
    server.answers = [trickles, trickles];
    await expect(fetchBirds({ attempts: 2, window: 100 })).rejects.toThrow(
      'no whole answer in 0 s, 2 times',
    );
    expect(server.asked).toHaveLength(2);
  });

  test('waits out a server that is busy, and follows where it points', async () => {
    server.files['moved'] = BODY;
    server.answers = [
      (_, response) => response.writeHead(503).end(),
      (_, response) => response.writeHead(302, { location: '/moved?from=birds' }).end(),
    ];
    await expectWhole(fetchBirds());
    expect(server.asked).toHaveLength(3);
  });

  test('takes the bytes as they are, whatever coding the server names', async () => {
    server.answers = [
      (_, response, body) => response.writeHead(200, { 'content-encoding': 'x-gzip' }).end(body),
    ];
    await expectWhole(fetchBirds()); // of unknown length, too
  });

  test('finds that fewer or other bytes came than they should', async () => {
    const short: typeof withRanges = (_, response, body) =>
      response.writeHead(200, { 'content-length': 1000 }).end(body.subarray(0, 1000));
    server.answers = [short];
    await expect(fetchBirds()).rejects.toThrow(
      `came with the MD5 ${md5(BODY.subarray(0, 1000))}; expected ${md5(BODY)}. It was removed. Try again`,
    );
    expect(readdirSync(folder())).toEqual([]);
    await expectWhole(fetchBirds());
  });

  test('gives up after attempts that bring nothing', async () => {
    server.answers = Array.from({ length: 9 }, () => breaksOffAfter(1000, {}));
    await expect(fetchBirds({ attempts: 3 })).rejects.toThrow('3 times. 1 kB are kept: try again');
    expect(server.asked).toHaveLength(3);
  });

  test('does not insist where there is nothing', async () => {
    await expect(fetchBirds({}, server.url('bees.tgz'))).rejects.toThrow(
      `[@fbsd/datasets] download: ${server.url('bees.tgz')}: the server answers with status 404. If it has moved: Fetch`,
    );
    expect(server.asked).toHaveLength(1);
    server.answers = Array.from({ length: 2 }, () => (_: unknown, response) => response.destroy());
    await expect(fetchBirds({ attempts: 2 })).rejects.toThrow(
      'socket hang up, 2 times. Fetch it with another program, and name the file.',
    );
    const circle = (_: unknown, response: Parameters<typeof withRanges>[1]) =>
      response.writeHead(302, { location: '/birds.tgz' }).end();
    server.answers = Array.from({ length: 6 }, () => circle);
    await expect(fetchBirds({ attempts: 1 })).rejects.toThrow('more than 5 redirects');
  });

  test('takes no more than an archive can have, said or not, and keeps nothing of it', async () => {
    const seen: Transfer[] = [];
    const onProgress = (transfer: Transfer) => seen.push(transfer);
    const refused = () =>
      expect(fetchBirds({ maxBytes: 200_000, onProgress })).rejects.toThrow('has more than 200 kB');
    await refused();
    expect(seen).toEqual([]); // said: nothing is fetched
    expect(readdirSync(folder())).toEqual([]);
    server.answers = [(_, response, body) => response.writeHead(200, { etag: '"v1"' }).end(body)];
    await refused();
    expect(seen).not.toEqual([]);
    expect(readdirSync(folder())).toEqual([]);
  });

  test('without a digest goes on only where the server names a version', async () => {
    const url = server.url('birds.tgz');
    const fetchUnchecked = (attempts = 1) =>
      fetchFile({ url }, folder(), {
        ...{ pause: 0, attempts },
        onProgress: ({ done }) => server.received(done),
      });
    server.answers = [breaksOffAfter(100_000), breaksOffAfter(100_000, {})];
    await expect(fetchUnchecked()).rejects.toThrow('100 kB are kept: try again');
    await expect(fetchUnchecked()).rejects.toThrow('1 times. Fetch it with another program');
    expect(readdirSync(folder())).toEqual([]); // the second half could be of another file
    server.answers = [breaksOffAfter(100_000, {})];
    await expectWhole(fetchUnchecked(2));
    expect(server.asked).toEqual([
      [undefined, undefined],
      ['bytes=100000-', '"v1"'],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  test('keeps nothing of an older version when the newer one has no room', async () => {
    server.answers = [
      breaksOffAfter(100_000, { etag: '"v0"' }),
      (_, response) =>
        response.writeHead(200, { 'content-length': 2 ** 52, etag: '"v1"' }).write('begins'),
    ];
    await expect(fetchBirds({ maxBytes: Number.POSITIVE_INFINITY, attempts: 2 })).rejects.toThrow(
      'Make room',
    );
    expect(readdirSync(folder())).toEqual([]); // else the next call would add the rest of v1 to it
  });

  test('says at once when the disk has no room for it', async () => {
    server.answers = [
      (_, response) =>
        response.writeHead(200, { 'content-length': 2 ** 52, etag: '"v1"' }).write('begins'),
    ];
    await expect(fetchBirds({ maxBytes: Number.POSITIVE_INFINITY })).rejects.toThrow(
      /birds\.tgz needs 4500 TB more, but the disk of .*birds\.tgz\.part has .* left\. Make room/,
    );
    expect(readdirSync(folder())).toEqual([]);
  });
});

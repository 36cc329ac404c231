import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ensureFile, type FetchOptions, lockDirectory, pathOfFile } from '@fbsd/datasets';
import { breaksOffAfter, fileServer } from '../support/file-server.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
const server = fileServer();
const BODY = Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * i) % 251));
const SHA256 = createHash('sha256').update(BODY).digest('hex');
const NAME = 'models/net.pth';

beforeEach(() => {
  server.files[NAME] = BODY;
});

const ensure = (sha256: string | undefined = SHA256, options: FetchOptions = {}) =>
  ensureFile({ url: server.url(NAME), ...(sha256 && { sha256 }) }, folder(), {
    pause: 0,
    onProgress: ({ done }) => server.received(done),
    ...options,
  });

/** The folder of the file holds it and nothing else. */
function expectKept(file: string) {
  expect(Buffer.compare(readFileSync(file), BODY)).toBe(0);
  expect(readdirSync(dirname(file))).toEqual([basename(file)]);
}

test('fetches once: a file that is there is taken without a request', async () => {
  const file = await ensure();
  expect(file).toBe(pathOfFile({ url: server.url(NAME) }, folder()));
  expectKept(file);
  expect(await ensure()).toBe(file);
  expect(server.asked).toHaveLength(1);
});

test('the first digits of a digest are enough, upper case or not', async () => {
  expectKept(await ensure(SHA256.slice(0, 8).toUpperCase()));
});

test('goes on after a break, in the next call, and takes nothing that is not whole', async () => {
  server.answers = [breaksOffAfter(20_000)];
  await expect(ensure(SHA256, { attempts: 1 })).rejects.toThrow('20 kB are kept: try again');
  const file = pathOfFile({ url: server.url(NAME) }, folder());
  expect(existsSync(file)).toBe(false);
  expectKept(await ensure());
  expect(server.asked[1]).toEqual(['bytes=20000-', '"v1"']);
});

test('a liar: another file is refused by both digests, and nothing is kept', async () => {
  server.files[NAME] = Buffer.from('<html>Not found</html>');
  const found = createHash('sha256').update(server.files[NAME]).digest('hex');
  await expect(ensure('0676ba61')).rejects.toThrow(
    `${server.url(NAME)} came with the SHA-256 ${found}; expected 0676ba61…. It was removed.`,
  );
  expect(readdirSync(join(folder(), readdirSync(folder())[0] as string, 'models'))).toEqual([]);
});

test('a file that was damaged here is fetched again, and that is said', async () => {
  const file = await ensure();
  writeFileSync(file, BODY.subarray(1));
  const reasons: string[] = [];
  expectKept(await ensure(SHA256, { onRetry: (reason) => reasons.push(reason) }));
  expect(reasons).toEqual([
    expect.stringMatching(/^net\.pth has the SHA-256 \w{64}; expected \w{64}$/),
  ]);
});

test('a damaged file stays where no other can be had', async () => {
  const file = await ensure();
  writeFileSync(file, 'damaged');
  delete server.files[NAME];
  await expect(ensure()).rejects.toThrow('status 404');
  expect(readFileSync(file, 'utf8')).toBe('damaged');
});

test('without a digest it is taken as it comes', async () => {
  expectKept(await ensure(''));
});

test('waits for nobody: another process that is at it is named', async () => {
  const workplace = `${pathOfFile({ url: server.url(NAME) }, folder())}.download`;
  await ensure(); // makes the folders
  writeFileSync(pathOfFile({ url: server.url(NAME) }, folder()), 'damaged');
  const { mkdirSync } = await import('node:fs');
  mkdirSync(workplace);
  const release = lockDirectory(workplace, 'fetches into', 'Wait for it');
  await expect(ensure()).rejects.toThrow('Wait for it');
  release();
});

describe('pathOfFile', () => {
  test('keeps files of one name apart, and leads nowhere else', () => {
    const path = (url: string) => pathOfFile({ url }, '/cache');
    expect(path('https://a.example/x/model.pth')).toBe(
      join('/cache', 'a.example', 'x', 'model.pth'),
    );
    expect(path('https://b.example:8080/model.pth?y=1')).toBe(
      join('/cache', 'b.example_8080', 'model.pth'),
    );
    expect(path('https://a.example/../../etc/pass%2Fwd')).toBe(
      join('/cache', 'a.example', 'etc', 'pass%2Fwd'),
    );
  });
  test.each(['model.pth', 'ftp://a.example/x', 'https://a.example/', 'file:///etc/passwd'])(
    'refuses %s',
    (url) => {
      expect(() => pathOfFile({ url }, '/cache')).toThrow(
        `expected the address of a file, https://…; got ${url}`,
      );
    },
  );
});

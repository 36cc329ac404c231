import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { unpack } from '../../src/download/unpack.ts';
import { type Entry, tar, tgz } from '../support/archives.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
const target = () => join(folder(), 'target');

function archiveOf(bytes: Buffer): string {
  const archive = join(folder(), 'birds.tgz');
  writeFileSync(archive, bytes);
  return archive;
}

describe('unpack', () => {
  test.each([
    ['tar', tar],
    ['tar.gz', tgz],
  ])('makes the files and folders of a %s', async (_, pack) => {
    const long = `CUB/${'long/'.repeat(30)}name.jpg`;
    const bytes = pack([
      { path: './CUB/', type: 'Directory', mode: 0o000 },
      { path: 'CUB/images.txt', content: '1 a.jpg\n', mode: 0o4777, uid: 12345 },
      { path: 'CUB/Black_footed Albatross..1/F-A 18.jpg', content: Buffer.alloc(5000, 7) },
      { path: 'attributes.txt', content: '' },
      { path: '././@LongLink', type: 'NextFileHasLongPath', content: `${long}\0` },
      { path: long.slice(0, 100), content: 'long' },
    ]);
    const archive = archiveOf(bytes);
    const seen: number[] = [];
    await unpack(archive, target(), { onBytes: (done) => seen.push(done) });
    expect(readdirSync(target()).sort()).toEqual(['CUB', 'attributes.txt']);
    expect(readFileSync(join(target(), 'CUB/images.txt'), 'utf8')).toBe('1 a.jpg\n');
    expect(readFileSync(join(target(), long), 'utf8')).toBe('long');
    const picture = join(target(), 'CUB/Black_footed Albatross..1/F-A 18.jpg');
    expect(readFileSync(picture)).toEqual(Buffer.alloc(5000, 7));
    const { mode, uid } = statSync(join(target(), 'CUB/images.txt'));
    expect(mode & 0o7133).toBe(0); // neither setuid nor executable, nor to be written by others
    expect(uid).toBe(process.getuid?.() ?? uid);
    expect(seen.at(-1)).toBe(bytes.length);
  });

  test.each<[string, Entry, string]>([
    ['a path that leads up', { path: '../evil.txt' }, "'../evil.txt' leads out"],
    ['one that leads up later', { path: 'a/b/../../../evil.txt' }, 'leads out'],
    ['one that leads up on Windows', { path: 'a\\..\\..\\evil.txt' }, 'leads out'],
    ['an absolute path', { path: '/tmp/evil.txt' }, "'/tmp/evil.txt' leads out"],
    ['a path on a drive', { path: 'C:evil.txt' }, 'leads out'],
    [
      'a link to the outside',
      { path: 'link', type: 'SymbolicLink', linkpath: '..' },
      "'link' is neither a file nor a folder (SymbolicLink)",
    ],
    ['a hard link', { path: 'link', type: 'Link', linkpath: '/etc/passwd' }, '(Link)'],
    ['a device', { path: 'null', type: 'CharacterDevice' }, '(CharacterDevice)'],
    ['a pipe', { path: 'pipe', type: 'FIFO' }, '(FIFO)'],
    ['a file that says to be huge', { path: 'huge', size: 2e10 }, "'huge' is beyond 16 GB in all"],
  ])('refuses %s, and all that follows', async (_, bad, message) => {
    const archive = archiveOf(
      tgz([
        { path: 'first.txt', content: 'fine' },
        { content: 'evil', ...bad },
        { path: 'link/last.txt', content: 'fine' },
      ]),
    );
    await expect(unpack(archive, target())).rejects.toThrow(message);
    await expect(unpack(archive, target())).rejects.toThrow(`${archive} cannot be unpacked: its`);
    expect(readdirSync(folder()).sort()).toEqual(['birds.tgz', 'target']);
    for (const name of readdirSync(target())) expect(name).toBe('first.txt');
    expect(existsSync('/tmp/evil.txt')).toBe(false);
  });

  test('counts files and bytes', async () => {
    const entries = Array.from({ length: 20 }, (_, i) => ({
      path: `${i}`,
      content: 'x'.repeat(100),
    }));
    const archive = archiveOf(tgz(entries));
    await expect(unpack(archive, target(), { maxEntries: 19 })).rejects.toThrow(
      "entry '19' is one of more than 19",
    );
    await expect(unpack(archive, target(), { maxBytes: 1950 })).rejects.toThrow(
      "entry '19' is beyond 1.95 kB in all",
    );
    await unpack(archive, target(), { maxEntries: 20, maxBytes: 2000 });
    expect(readdirSync(target())).toHaveLength(20);
  });

  test('refuses what gzip has blown up beyond all measure', async () => {
    const bomb = tgz([{ path: 'zeros', content: Buffer.alloc(64 * 2 ** 20) }]);
    const most = { maxBytes: 2 ** 20 };
    await expect(unpack(archiveOf(bomb), target(), most)).rejects.toThrow('is beyond 1.05 MB');
    expect(readdirSync(target())).toEqual([]);
  });

  test('a NUL in a path is refused as anything else that is not decent', async () => {
    const archive = archiveOf(
      tgz([
        { path: '././@LongLink', type: 'NextFileHasLongPath', content: 'Images/a\0b\nc\0' },
        { path: 'short', content: 'evil' },
      ]),
    );
    await expect(unpack(archive, target())).rejects.toThrow(
      "its entry 'Images/a\\nc\\u0000' has a NUL in its path",
    );
    expect(readdirSync(target())).toEqual([]);
  });

  test('zeros after the end of an archive are not read, however many gzip has packed', async () => {
    const archive = tar([{ path: 'a.txt', content: 'fine' }]);
    const bytes = gzipSync(Buffer.concat([archive, Buffer.alloc(512 * 2 ** 20)]), { level: 1 });
    await unpack(archiveOf(bytes), target());
    expect(readdirSync(target())).toEqual(['a.txt']);
    await expect(unpack(archiveOf(gzipSync(Buffer.alloc(2 ** 28))), target())).rejects.toThrow(
      'cannot be unpacked',
    );
  });

  test.each<[string, Buffer]>([
    [
      'an archive that ends early',
      tgz([{ path: 'a', content: 'x'.repeat(9000) }]).subarray(0, -20),
    ],
    ['a tar that ends early', tar([{ path: 'a', content: 'x'.repeat(9000) }]).subarray(0, 4096)],
    ['something else', Buffer.from('<html>Not found</html>'.repeat(100))],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s', async (_, bytes) => {
    await expect(unpack(archiveOf(bytes), target())).rejects.toThrow('cannot be unpacked');
  });
});

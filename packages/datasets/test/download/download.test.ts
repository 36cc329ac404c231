import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ensureDownloaded, SOURCES } from '../../src/download/index.ts';
import type { Source } from '../../src/download/sources.ts';
import { lockDirectory } from '../../src/files/directory-lock.ts';
import { loadCub } from '../../src/loaders/cub.ts';
import { md5, tar, tgz } from '../support/archives.ts';
import { breaksOffAfter, fileServer, withRanges } from '../support/file-server.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { tinyCubFiles } from '../support/tiny-cub.ts';

const folder = temporaryFolder();
const server = fileServer();
const root = () => join(folder(), 'data', 'birds');

/** The files that a server has, as a source. */
function sourceOf(files: Record<string, Buffer>): Source {
  Object.assign(server.files, files);
  const archives = Object.entries(files).map(([name, bytes]) => ({
    url: server.url(name),
    md5: md5(bytes),
  }));
  return { archives };
}

const two = () =>
  sourceOf({
    'lists.tar': tar([{ path: 'list.mat', content: 'list' }]),
    'images.tar': tar([{ path: 'Images/a.jpg', content: 'x'.repeat(5000) }]),
  });
const download = (source: Source, options = {}) =>
  ensureDownloaded(source, root(), {
    pause: 0,
    attempts: 1,
    onProgress: ({ done }) => server.received(done),
    ...options,
  });

describe('ensureDownloaded', () => {
  test('CUB, with attributes.txt beside its folder, as its loader reads it', async () => {
    const entries = Object.entries(await tinyCubFiles()).map(([path, content]) => ({
      path: `CUB_200_2011/${path}`,
      content: content as Buffer,
    }));
    const archive = tgz([
      { path: 'attributes.txt', content: '1 has_bill_shape::curved' },
      ...entries,
    ]);
    expect(await download(sourceOf({ 'CUB_200_2011.tgz': archive }))).toEqual({ downloaded: true });
    expect(readdirSync(root()).sort()).toEqual(['CUB_200_2011', 'attributes.txt']);
    expect(readdirSync(join(root(), '..'))).toEqual(['birds']);
    const { train, test: tested } = await loadCub(root());
    expect([train.length, tested.length]).toEqual([3, 3]);
  });

  test('leaves a folder alone that holds something, and takes an empty one', async () => {
    mkdirSync(root(), { recursive: true });
    expect(await download(two())).toEqual({ downloaded: true });
    expect(readdirSync(root()).sort()).toEqual(['Images', 'list.mat']);
    writeFileSync(join(root(), 'own.txt'), 'mine');
    expect(await download(two())).toEqual({ downloaded: false });
    expect(server.asked).toHaveLength(2);
    expect(readdirSync(root())).toContain('own.txt');
  });

  test('interrupted, it leaves no data set, and fetches only what is missing', async () => {
    const source = two();
    server.answers = [withRanges, breaksOffAfter(1000)];
    await expect(download(source)).rejects.toThrow('images.tar: the connection broke off');
    expect(existsSync(root())).toBe(false);
    await download(source);
    expect(server.asked.map(([range]) => range)).toEqual([undefined, undefined, 'bytes=1000-']);
    expect(readFileSync(join(root(), 'Images/a.jpg'), 'utf8')).toBe('x'.repeat(5000));
  });

  test('killed while it unpacks, it unpacks anew', async () => {
    const half = join(`${root()}.download`, 'unpacked', 'Images');
    mkdirSync(half, { recursive: true });
    writeFileSync(join(half, 'half.jpg'), 'half');
    await download(two());
    expect(readdirSync(join(root(), 'Images'))).toEqual(['a.jpg']);
  });

  test('an archive that is not decent leaves neither a data set nor a part of one', async () => {
    const bad = [
      { path: 'Images/a.jpg', content: 'fine' },
      { path: 'Images/b.jpg', type: 'SymbolicLink', linkpath: '/etc/passwd' } as const,
    ];
    await expect(download(sourceOf({ 'bad.tar': tar(bad) }))).rejects.toThrow(
      "its entry 'Images/b.jpg' is neither a file nor a folder",
    );
    expect(existsSync(root())).toBe(false);
    expect(readdirSync(`${root()}.download`)).toEqual(['bad.tar']);
  });

  test('fills an empty folder that cannot be replaced, and goes on where it was killed', async () => {
    const disk = join(folder(), 'disk');
    mkdirSync(join(disk, 'lost+found'), { recursive: true });
    symlinkSync(disk, join(folder(), 'mounted'));
    const source = two();
    const fill = () => ensureDownloaded(source, join(folder(), 'mounted'));
    expect(await fill()).toEqual({ downloaded: true });
    const all = readdirSync(disk).sort();
    expect(all).toContain('Images');
    expect(await fill()).toEqual({ downloaded: false });
    // As it is when it was killed between two of the moves.
    mkdirSync(join(disk, '.download/complete'), { recursive: true });
    renameSync(join(disk, 'Images'), join(disk, '.download/complete/Images'));
    expect(await fill()).toEqual({ downloaded: true });
    expect(readdirSync(disk).sort()).toEqual(all);
  });

  test('a second process waits', async () => {
    const workplace = `${root()}.download`;
    mkdirSync(workplace, { recursive: true });
    const release = lockDirectory(workplace, 'fetches into', 'Wait for it');
    await expect(download(two())).rejects.toThrow(`${process.pid} on`);
    await expect(download(two())).rejects.toThrow(`fetches into ${workplace}. Wait for it.`);
    expect(server.asked).toEqual([]);
    release();
    await download(two());
  });

  test('says what to do where there is nothing to fetch', async () => {
    await expect(download(SOURCES.cars)).rejects.toThrow(
      /Kaggle[\s\S]*cars_annos\.mat[\s\S]*devkit/,
    );
    await expect(download(SOURCES.folder)).rejects.toThrow('nothing to fetch for a folder');
    expect(readdirSync(folder())).toEqual([]);
  });

  test('leaves nothing where nothing came', async () => {
    const source = two();
    server.answers = [(_, response) => response.destroy()];
    await expect(download(source)).rejects.toThrow('lists.tar: socket hang up, 1 times');
    expect(readdirSync(join(root(), '..'))).toEqual([]);
  });
});

describe('SOURCES', () => {
  test('are archives of distinct names with an MD5 each', () => {
    for (const name of ['cub', 'aircraft', 'dogs'] as const) {
      const source = SOURCES[name] as Extract<Source, { archives: unknown }>;
      const names = source.archives.map(({ url }) => new URL(url).pathname.split('/').at(-1));
      expect(new Set(names).size).toBe(source.archives.length);
      for (const name of names) expect(name).toMatch(/\.(tgz|tar|tar\.gz)$/);
      for (const { md5 } of source.archives) expect(md5).toMatch(/^[0-9a-f]{32}$/);
    }
  });
});

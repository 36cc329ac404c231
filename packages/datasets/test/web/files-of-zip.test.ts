import { BlobWriter, TextReader, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';
import { filesOfZip } from '../../src/web/files-of-zip.ts';

const picture = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) % 251);

/** An archive of files, all with the same content unless they are said to have another one. */
async function archive(
  paths: readonly string[],
  options: ConstructorParameters<typeof ZipWriter>[1] = {},
  content = picture,
): Promise<Blob> {
  const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false, ...options });
  for (const path of paths) await writer.add(path, new Uint8ArrayReader(content));
  return writer.close();
}

async function bytesOf(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.arrayBuffer());
}

/** The archive with bytes written over those that equal `old`, wherever these are. */
async function patched(blob: Blob, old: string, by: string): Promise<Blob> {
  const text = Buffer.from(await bytesOf(blob)).toString('latin1');
  expect(text).toContain(old);
  expect(by).toHaveLength(old.length);
  return new Blob([Uint8Array.from(Buffer.from(text.replaceAll(old, by), 'latin1'))]);
}

describe('filesOfZip', () => {
  test.each([
    ['deflated', {}],
    ['stored', { level: 0 }],
    ['with data descriptors', { dataDescriptor: true }],
    ['zip64', { zip64: true }],
  ])('unpacks pictures: %s', async (_, options) => {
    const files = await filesOfZip(await archive(['a/1.jpg', 'b/c/2.PNG'], options));
    expect(files.map(({ path, fault }) => [path, fault])).toEqual([
      ['a/1.jpg', undefined],
      ['b/c/2.PNG', undefined],
    ]);
    for (const { blob } of files) expect(await bytesOf(blob)).toEqual(picture);
  });

  test('of other files and folders there are the paths alone', async () => {
    const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false });
    await writer.add('a/', undefined, { directory: true });
    await writer.add('a/notes.txt', new TextReader('no picture'));
    await writer.add('__MACOSX/a/._notes.txt', new TextReader('of the system'));
    const files = await filesOfZip(await writer.close());
    expect(files.map(({ path, blob, fault }) => [path, blob.size, fault])).toEqual([
      ['a/notes.txt', 0, 'not unpacked'],
      ['__MACOSX/a/._notes.txt', 0, 'not unpacked'],
    ]);
  });

  test('unpacks what is wanted', async () => {
    const zip = await archive(['run/labels.json', 'run/1.jpg']);
    const files = await filesOfZip(zip, { wanted: (path) => path.endsWith('.json') });
    expect(files.map(({ path, blob, fault }) => [path, blob.size, fault])).toEqual([
      ['run/labels.json', 5000, undefined],
      ['run/1.jpg', 0, 'not unpacked'],
    ]);
  });

  test('names with letters of many languages, with and without the mark of UTF-8, and of MS-DOS', async () => {
    const names = ['Müll/größe 1.jpg', 'キノコ/しいたけ.jpg'];
    const paths = async (blob: Blob) => (await filesOfZip(blob)).map(({ path }) => path);
    expect(await paths(await archive(names))).toEqual(names);
    expect(await paths(await archive(names, { useUnicodeFileNames: false }))).toEqual(names);
    const old = {
      useUnicodeFileNames: false,
      encodeText: (text: string) => Buffer.from(text, 'latin1'),
    };
    expect(await paths(await archive(['gr\x94\xe1e/1.jpg'], old))).toEqual(['größe/1.jpg']);
  });

  test('backslashes are slashes; empty parts and dots go', async () => {
    const plain = await archive(['birds/heron/1.jpg', 'xx/heron/2.jpg', 'y/heron/.//3.jpg']);
    const windows = await patched(plain, 'birds/heron/1.jpg', 'birds\\heron\\1.jpg');
    const absolute = await patched(windows, 'xx/heron/2.jpg', '/x/heron/2.jpg');
    const files = await filesOfZip(absolute);
    expect(files.map(({ path }) => path)).toEqual([
      'birds/heron/1.jpg',
      'x/heron/2.jpg',
      'y/heron/3.jpg',
    ]);
  });

  test('a path that leads out of the archive is not followed', async () => {
    const files = await filesOfZip(
      await patched(await archive(['aa/bb/1.jpg', 'c/2.jpg']), 'aa/bb/1.jpg', '../bb/1.jpg'),
    );
    expect(files.map(({ blob, fault }) => [blob.size, fault])).toEqual([
      [0, 'its path leads out of the archive'],
      [5000, undefined],
    ]);
  });

  test('an encrypted picture is named', async () => {
    const [file] = await filesOfZip(await archive(['a/1.jpg'], { password: 'secret' }));
    expect([file?.path, file?.fault]).toEqual(['a/1.jpg', 'encrypted']);
  });

  test('a damaged picture is named, the others are there', async () => {
    const blob = await archive(['a/1.jpg', 'a/2.jpg'], { level: 0 });
    const bytes = await bytesOf(blob);
    bytes[200] = (bytes[200] as number) ^ 1; // in the first one's content
    const files = await filesOfZip(new Blob([bytes]));
    expect(files.map(({ fault }) => fault)).toEqual(['damaged in the archive', undefined]);
  });

  test('more than is allowed is refused before anything is unpacked', async () => {
    const bomb = await archive(['a/1.jpg', 'a/2.jpg'], {}, new Uint8Array(2 ** 20));
    expect(bomb.size).toBeLessThan(5000);
    const named = new File([bomb], 'bomb.zip');
    let told = 0;
    const onProgress = () => told++;
    await expect(filesOfZip(named, { maxBytes: 2e6, onProgress })).rejects.toThrow(
      '[@fbsd/datasets] filesOfZip: the files of bomb.zip have 2.1 MB when they are unpacked, more than 2 MB. Unpack it, and give its folders.',
    );
    expect(told).toBe(0);
    expect(await filesOfZip(named, { maxBytes: 2.1e6 })).toHaveLength(2);
  });

  test('a picture that is larger than the archive says is not unpacked', async () => {
    const bomb = await archive(['a/1.jpg'], {}, new Uint8Array(0xf1e2d3));
    const size = (bytes: number) =>
      String.fromCharCode(bytes & 255, (bytes >> 8) & 255, (bytes >> 16) & 255, bytes >> 24);
    const lying = await patched(bomb, size(0xf1e2d3), size(1000));
    const [file] = await filesOfZip(lying, { maxBytes: 2000 });
    expect([file?.blob.size, file?.fault]).toEqual([0, 'damaged in the archive']);
  });

  test.each([
    ['no archive', async () => new Blob([picture])],
    ['nothing', async () => new Blob([])],
    ['one that is cut off', async () => (await archive(['a/1.jpg'])).slice(0, -30)],
  ])('%s: the error says so', async (_, make) => {
    const file = new File([await make()], 'birds.zip');
    await expect(filesOfZip(file)).rejects.toMatchObject({
      name: 'UserError',
      message:
        '[@fbsd/datasets] filesOfZip: birds.zip cannot be read (damaged, or no ZIP archive).',
    });
  });

  test('tells how far it is', async () => {
    const told: [number, number][] = [];
    const onProgress = (done: number, total: number) => told.push([done, total]);
    await filesOfZip(await archive(['a/1.jpg', 'a/2.jpg', 'b/x.txt']), { onProgress });
    expect(told).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });
});

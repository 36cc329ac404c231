import { filesOfDrop } from '../../src/web/files-of-drop.ts';
import { filesOfPicker } from '../../src/web/files-of-picker.ts';

/** A folder: what it holds by name, or a file's text; an Error where it cannot be read. */
type Tree = { readonly [name: string]: Tree | string | Error };

/** A file or folder as browsers give them, a hundred entries at a time. */
function entry(fullPath: string, content: Tree | string | Error): FileSystemEntry {
  const name = fullPath.slice(fullPath.lastIndexOf('/') + 1);
  const isFile = typeof content === 'string' || content instanceof Error;
  const file = (done: (file: File) => void, fail: (error: Error) => void) =>
    content instanceof Error ? fail(content) : done(new File([content as string], name));
  const createReader = () => {
    const inside = Object.entries(content).map(([name, inner]) =>
      entry(`${fullPath}/${name}`, inner),
    );
    return {
      readEntries(done: (entries: FileSystemEntry[]) => void, fail: (error: Error) => void) {
        if (inside.some((inner) => inner.name === 'no entry')) fail(new Error('not allowed'));
        else done(inside.splice(0, 100));
      },
    };
  };
  return { name, fullPath, isFile, isDirectory: !isFile, file, createReader } as never;
}

/** What is dropped, in a browser that forgets it when the listener waits. */
function drop(tree: Tree): Pick<DataTransfer, 'items'> {
  let there = true;
  queueMicrotask(() => {
    there = false;
  });
  const items = Object.entries(tree).map(([name, content]) => ({
    kind: 'file',
    webkitGetAsEntry: () => (there ? entry(`/${name}`, content) : null),
    getAsFile: () => null,
  }));
  return { items: [{ kind: 'string' }, ...items] as never };
}

describe('filesOfDrop', () => {
  test('goes through folders in folders, of any number of entries', async () => {
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`${i}.jpg`, 'x']));
    const files = await filesOfDrop(
      drop({ heron: { ...many, deep: { 'a b.jpg': 'deep' } }, 'loose.jpg': 'y' }),
    );
    expect(files).toHaveLength(252);
    const paths = new Map(files.map(({ path, blob }) => [path, blob]));
    expect(paths.size).toBe(252);
    expect(await paths.get('heron/deep/a b.jpg')?.text()).toBe('deep');
    expect(await paths.get('loose.jpg')?.text()).toBe('y');
    expect(paths.has('heron/249.jpg')).toBe(true);
  });

  test('names what cannot be opened, and goes on', async () => {
    const files = await filesOfDrop(
      drop({ a: { '1.jpg': new Error('gone'), '2.jpg': 'x' }, b: { 'no entry': '' } }),
    );
    expect(files.map(({ path, fault, blob }) => [path, fault, blob.size])).toEqual([
      ['a/1.jpg', 'gone', 0],
      ['a/2.jpg', undefined, 1],
      ['b', 'not allowed', 0],
    ]);
  });

  test('a browser without entries gives files', async () => {
    const file = new File(['x'], 'a.jpg');
    const items = [{ kind: 'file', webkitGetAsEntry: () => null, getAsFile: () => file }];
    expect(await filesOfDrop({ items: items as never })).toEqual([{ path: 'a.jpg', blob: file }]);
  });

  test('refuses a whole disk', async () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${i}.jpg`, 'x']));
    const disk = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`folder ${i}`, many]));
    await expect(filesOfDrop(drop(disk))).rejects.toThrow(
      '[@fbsd/datasets] filesOfDrop: there are more than 100000 files. Drop the folder of the pictures alone.',
    );
  });
});

test('filesOfPicker takes the paths in the folder, or names', () => {
  const inFolder = Object.defineProperty(new File(['x'], '1.jpg'), 'webkitRelativePath', {
    value: 'birds/heron/1.jpg',
  });
  const alone = Object.defineProperty(new File(['x'], '2.jpg'), 'webkitRelativePath', {
    value: '',
  });
  expect(filesOfPicker([inFolder, alone])).toEqual([
    { path: 'birds/heron/1.jpg', blob: inFolder },
    { path: '2.jpg', blob: alone },
  ]);
});

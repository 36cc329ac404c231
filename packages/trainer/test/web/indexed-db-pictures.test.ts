import 'fake-indexeddb/auto';
import { type Dataset, splitValidation, UserError } from '@fbsd/trainer';
import { IndexedDbPictures } from '@fbsd/trainer/web';
import { jest } from '@jest/globals';

let database = 0;
let pictures: IndexedDbPictures;
beforeEach(async () => {
  pictures = await IndexedDbPictures.connect(`pictures-${++database}`);
});
afterEach(() => {
  pictures.close();
  jest.restoreAllMocks();
});

const file = (path: string, text: string) => ({
  path,
  blob: new Blob([text], { type: 'image/jpeg' }),
});
const datasetOf = (...paths: string[]): Dataset => {
  const [first, ...others] = paths.map((path, id) => ({ id, path, file: path, label: 0 }));
  const test = first ? [first] : [];
  return {
    ...{ name: 'birds', root: 'birds', classNames: ['robin', 'tit'], partNames: [] },
    ...{ train: others, test, warnings: [] },
  };
};

describe('pictures in IndexedDB', () => {
  test('are there with their data set when the page is opened again', async () => {
    const files = [file('a/robin/1.jpg', 'a'), file('a/tit/1.jpg', 'bc'), file('a/notes.txt', '')];
    const dataset = datasetOf('a/robin/1.jpg', 'a/tit/1.jpg');
    const told: number[][] = [];
    const kept = await pictures.keep('birds', dataset, files, (...counts) => told.push(counts));
    expect(told).toEqual([[2, 2]]);
    pictures.close();
    pictures = await IndexedDbPictures.connect(`pictures-${database}`);
    expect(await pictures.dataset('birds')).toEqual(kept);
    expect((await pictures.list()).map(({ name }) => name)).toEqual(['birds']);
    const [sample] = kept.train;
    expect(sample).toEqual({ ...dataset.train[0], path: 'birds/a/tit/1.jpg' });
    const read = await pictures.read('birds/a/tit/1.jpg');
    expect([await read.text(), read.type, read.name]).toEqual([
      ...['bc', 'image/jpeg', 'birds/a/tit/1.jpg'],
    ]);
    await expect(pictures.read('birds/a/notes.txt')).rejects.toThrow('not in this browser');
  });

  test('are kept for a validation split, too', async () => {
    const whole = datasetOf('1', '2', '3', '4', '5');
    const files = ['1', '2', '3', '4', '5'].map((path) => file(path, path));
    const { train, validation } = await pictures.keep(
      'birds',
      splitValidation(whole, { share: 0.5 }),
      files,
    );
    expect([train.length, validation?.length]).toEqual([2, 2]);
    const [sample] = validation ?? [];
    expect(await (await pictures.read(sample?.path as string)).text()).toBe(sample?.file);
  });

  test('are kept batch by batch; without all of them there is no data set', async () => {
    const blob = new Blob([new Uint8Array(20e6)]);
    const files = ['1', '2', '3'].map((path) => ({ path, blob }));
    const told: number[] = [];
    await pictures.keep('large', datasetOf('1', '2', '3'), files, (done) => told.push(done));
    expect(told).toEqual([2, 3]);
    const fewer = pictures.keep('large', datasetOf('1', '2', '3', '4'), files);
    await expect(fewer).rejects.toThrow('there is no file 4. Add it anew.');
    expect(await pictures.list()).toEqual([]);
    await pictures.keep('large', datasetOf('2'), files);
    await expect(pictures.read('large/1')).rejects.toThrow(UserError); // of the attempt before
  });

  test('are added and taken away, the others stay', async () => {
    await pictures.keep('birds', datasetOf('1', '2'), [file('1', 'one'), file('2', 'two')]);
    const told: number[][] = [];
    const changed = await pictures.change(
      'birds',
      datasetOf('2', '3'),
      [file('3', 'three'), file('4', 'of no sample')],
      (...counts) => told.push(counts),
    );
    expect(told).toEqual([[1, 1]]);
    expect(await pictures.dataset('birds')).toEqual(changed);
    expect(await (await pictures.read('birds/2')).text()).toBe('two');
    expect(await (await pictures.read('birds/3')).text()).toBe('three');
    for (const gone of ['birds/1', 'birds/4']) {
      await expect(pictures.read(gone)).rejects.toThrow(UserError);
    }
  });

  test('stay as they were when a change cannot be made', async () => {
    const before = await pictures.keep('birds', datasetOf('1'), [file('1', 'one')]);
    const without = pictures.change('birds', datasetOf('1', '2'), []);
    await expect(without).rejects.toThrow('there is no file 2. Add it anew.');
    const put = IDBObjectStore.prototype.put;
    jest.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      value,
    ) {
      if (this.name === 'pictures') return put.call(this, value);
      throw new DOMException('it is full', 'QuotaExceededError');
    });
    await expect(pictures.change('birds', datasetOf('2'), [file('2', 'two')])).rejects.toThrow(
      /storage is full/,
    );
    jest.restoreAllMocks();
    expect(await pictures.dataset('birds')).toEqual(before);
    expect(await (await pictures.read('birds/1')).text()).toBe('one');
  });

  test('are deleted with their data set, and with no other', async () => {
    for (const name of ['bird', 'birds', 'birds2']) {
      await pictures.keep(name, datasetOf('robin/1.jpg'), [file('robin/1.jpg', name)]);
    }
    await pictures.delete('birds');
    expect((await pictures.list()).map(({ name }) => name).sort()).toEqual(['bird', 'birds2']);
    await expect(pictures.dataset('birds')).rejects.toThrow("there is no data set 'birds'");
    const gone = pictures.read('birds/robin/1.jpg');
    await expect(gone).rejects.toBeInstanceOf(UserError);
    await expect(gone).rejects.toThrow(
      'the picture birds/robin/1.jpg is not in this browser any more. Add it anew.',
    );
    expect(await (await pictures.read('birds2/robin/1.jpg')).text()).toBe('birds2');
    expect(await (await pictures.read('bird/robin/1.jpg')).text()).toBe('bird');
  });

  test('say what to do where the storage is full, and where a name will not do', async () => {
    await expect(pictures.keep('a/b', datasetOf(), [])).rejects.toThrow('Choose a name without /');
    jest.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('it is full', 'QuotaExceededError');
    });
    await expect(pictures.keep('birds', datasetOf('1'), [file('1', 'a')])).rejects.toThrow(
      /pictures of birds cannot be kept, the browser's storage is full/,
    );
  });
});

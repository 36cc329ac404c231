import 'fake-indexeddb/auto';
import { type Dataset, UserError } from '@fbsd/trainer';
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

const photo = (text: string) => new Blob([text], { type: 'image/jpeg' });
const dataset = (name: string): Dataset => ({
  name,
  root: name,
  classNames: ['robin', 'tit'],
  partNames: [],
  train: [
    { id: 1, path: IndexedDbPictures.pathOf(name, 'robin/1.jpg'), file: 'robin/1.jpg', label: 0 },
  ],
  test: [],
  warnings: [],
});

describe('pictures in IndexedDB', () => {
  test('are there with their data set when the page is opened again', async () => {
    const counts: number[] = [];
    const added = [
      { file: 'robin/1.jpg', content: photo('a') },
      { file: 'tit/1.jpg', content: photo('bc') },
    ];
    await pictures.add('birds', added, (count) => counts.push(count));
    await pictures.keep('birds', dataset('birds'));
    pictures.close();
    pictures = await IndexedDbPictures.connect(`pictures-${database}`);
    expect(counts).toEqual([2]);
    const [sample] = (await pictures.dataset('birds')).train;
    const file = await pictures.read(sample?.path as string);
    expect([await file.text(), file.type, file.name]).toEqual([
      'a',
      'image/jpeg',
      'birds/robin/1.jpg',
    ]);
    expect((await pictures.list()).map(({ name }) => name)).toEqual(['birds']);
  });

  test('are kept batch by batch', async () => {
    const large = new Blob([new Uint8Array(20e6)]);
    const counts: number[] = [];
    const all = ['1', '2', '3'].map((file) => ({ file, content: large }));
    await pictures.add('large', all, (count) => counts.push(count));
    expect(counts).toEqual([2, 3]);
  });

  test('are deleted with their data set, and with no other', async () => {
    for (const name of ['bird', 'birds', 'birds2']) {
      await pictures.add(name, [{ file: 'robin/1.jpg', content: photo(name) }]);
      await pictures.keep(name, dataset(name));
    }
    await pictures.delete('birds');
    expect((await pictures.list()).map(({ name }) => name).sort()).toEqual(['bird', 'birds2']);
    await expect(pictures.dataset('birds')).rejects.toThrow("there is no data set 'birds'");
    const gone = pictures.read('birds/robin/1.jpg');
    await expect(gone).rejects.toBeInstanceOf(UserError);
    await expect(gone).rejects.toThrow(
      'the picture birds/robin/1.jpg is not in this browser any more',
    );
    expect(await (await pictures.read('birds2/robin/1.jpg')).text()).toBe('birds2');
    expect(await (await pictures.read('bird/robin/1.jpg')).text()).toBe('bird');
  });

  test('say what to do where the storage is full, and where a name will not do', async () => {
    await expect(pictures.add('a/b', [])).rejects.toThrow('Choose a name without /');
    jest.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('it is full', 'QuotaExceededError');
    });
    await expect(pictures.add('birds', [{ file: '1', content: photo('a') }])).rejects.toThrow(
      /pictures of birds cannot be kept, the browser's storage is full/,
    );
  });
});

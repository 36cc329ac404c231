import { MemoryPictureCache, type Pixels } from '@fbsd/trainer';
import { memoryPictures } from '../support/memory-pictures.ts';

const SIZE = 20;
const BYTES = 3 * SIZE * SIZE;
function counted() {
  const decoded: string[] = [];
  const read = async (picture: { path: string; cutBottom?: number }) => {
    decoded.push(picture.path);
    const pixels = await memoryPictures.read(picture);
    const height = pixels.height - (picture.cutBottom ?? 0);
    return { ...pixels, height, data: pixels.data.subarray(0, height * pixels.width * 3) };
  };
  return { decoded, pictures: { read } };
}
const copyOf = async (cache: MemoryPictureCache, path: string, cutBottom = 0, size = SIZE) => {
  let copy: Pixels | undefined;
  await cache.read({ path, cutBottom }, size, (pixels) => {
    copy = { ...pixels, data: pixels.data.slice() };
  });
  return copy as Pixels;
};

test('decodes once, and gives the same bytes whether it kept them or not', async () => {
  const { decoded, pictures } = counted();
  const cache = new MemoryPictureCache(pictures);
  const first = await copyOf(cache, '1/1');
  expect(first).toMatchObject({ width: SIZE, height: SIZE });
  expect(await copyOf(cache, '1/1')).toEqual(first);
  expect(decoded).toEqual(['1/1']);
  const without = new MemoryPictureCache(pictures, { maxBytes: 0 });
  expect(await copyOf(without, '1/1')).toEqual(first);
  expect(without.bytes).toBe(0);
  expect((await copyOf(cache, '1/1', 9)).data).not.toEqual(first.data); // other rows, another picture
  expect((await copyOf(cache, '1/1', 0, 30)).width).toBe(30);
  expect(decoded).toHaveLength(4);
});

test('keeps no more than it may, and what it has', async () => {
  const { decoded, pictures } = counted();
  const cache = new MemoryPictureCache(pictures, { maxBytes: 2 * BYTES + 1 });
  for (let epoch = 0; epoch < 2; epoch++) {
    await Promise.all(['0/1', '0/2', '0/3'].map((path) => copyOf(cache, path)));
  }
  expect(cache.bytes).toBe(2 * BYTES);
  expect(decoded).toEqual(['0/1', '0/2', '0/3', '0/3']);
  cache.clear();
  expect(cache.bytes).toBe(0);
});

test('tells what pictures take', () => {
  expect(MemoryPictureCache.bytesOf(100, 448)).toBe(100 * 3 * 550 * 550);
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { batches } from '@fbsd/trainer';
import sharp from 'sharp';
import { loadAircraft } from '../../src/loaders/aircraft.ts';
import { miniAircraft } from '../../src/mini/aircraft/files.ts';
import { ensureMini } from '../../src/mini/ensure.ts';
import { diskPictures } from '../../src/pictures/decode.ts';
import { writePictures } from '../support/coloured.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { lines } from '../support/tiny-cub.ts';

const folder = temporaryFolder();
const root = () => join(folder(), 'fgvc-aircraft-2013b');

/** Four pictures of three variants, with the names that make trouble. */
async function writeAircraft(changes: Record<string, string> = {}) {
  await writePictures(
    join(root(), 'data'),
    ['0034309', '1025794', '2', '3'].map((id) => `images/${id}.jpg`),
    { width: 40, height: 50 },
  );
  const files = {
    'variants.txt': lines(['707-320', 'F/A-18', 'Cessna 172']),
    'images_variant_trainval.txt': lines(['1025794 F/A-18', '0034309 707-320', '2 Cessna 172']),
    'images_variant_test.txt': lines(['3 F/A-18']),
    'families.txt': lines(['Boeing 707', 'F/A-18']),
    'images_family_trainval.txt': lines(['1025794 F/A-18', '0034309 Boeing 707']),
    'images_family_test.txt': lines(['3 F/A-18']),
    'images_box.txt': lines(['1025794 1 2 30 21', '0034309 3 3 3 3', '2 1 1 9 9', '3 5 5 9 9']),
    ...changes,
  };
  for (const [file, content] of Object.entries(files)) {
    await writeFile(join(root(), 'data', file), content);
  }
}

describe('loadAircraft', () => {
  test.each(['', 'fgvc-aircraft-2013b', 'fgvc-aircraft-2013b/data'])(
    'names with slashes and spaces, from the folder "%s"',
    async (given) => {
      await writeAircraft();
      const data = await loadAircraft(join(folder(), given));
      expect(data.classNames).toEqual(['707-320', 'F/A-18', 'Cessna 172']);
      expect(data.train.map(({ file, label }) => [file, label])).toEqual([
        ['images/1025794.jpg', 1],
        ['images/0034309.jpg', 0],
        ['images/2.jpg', 2],
      ]);
      expect(data.test.map(({ label }) => label)).toEqual([1]);
      expect(data.train[0]?.box).toEqual({ x: 0, y: 1, width: 30, height: 20 });
      expect(data.train[0]?.cutBottom).toBeUndefined();
      expect(data.warnings).toEqual([]);
    },
  );

  test('the level family', async () => {
    await writeAircraft();
    const data = await loadAircraft(root(), { level: 'family' });
    expect(data.classNames).toEqual(['Boeing 707', 'F/A-18']);
    expect(data.train.map(({ label }) => label)).toEqual([1, 0]);
    await expect(loadAircraft(root(), { level: 'manufacturer' })).rejects.toThrow(
      'it lacks manufacturers.txt, images_manufacturer_trainval.txt',
    );
  });

  test('crops the strip below the pictures when asked to', async () => {
    const settings = { trainPerClass: 1, testPerClass: 1, imageSize: 64 };
    const mini = join(folder(), 'mini-Aircraft');
    await ensureMini(miniAircraft, mini, settings);
    const seen = async (cropBanner: boolean) => {
      const { test } = await loadAircraft(mini, { cropBanner });
      expect((await sharp(test[0]?.path).metadata()).height).toBe(84);
      // Not resized: every pixel of the crop is one of the picture's.
      const options = {
        pictures: diskPictures,
        imageSize: 64,
        resizeSize: 64,
        batchSize: 10,
        train: false,
      };
      for await (const { images } of batches(test, options)) return images;
      throw new Error('no batch');
    };
    const black = (images: Float32Array) => images.filter((x) => x < -0.95).length / images.length;
    const [whole, cropped] = [black(await seen(false)), black(await seen(true))];
    expect(whole - cropped).toBeGreaterThan(0.15); // the strip is 24% of the whole picture
  });

  test('refuses what does not fit together, with file and line', async () => {
    await writeAircraft({ 'images_variant_test.txt': lines(['3 F-16']) });
    await expect(loadAircraft(root())).rejects.toThrow(
      "images_variant_test.txt:1: variants.txt has no variant 'F-16'",
    );
    await writeAircraft({ 'images_variant_test.txt': lines(['', '2 F/A-18']) });
    await expect(loadAircraft(root())).rejects.toThrow(
      'images_variant_test.txt:2: image 2 is already at images_variant_trainval.txt:3',
    );
    await writeAircraft({ 'images_variant_trainval.txt': lines(['1025794']) });
    await expect(loadAircraft(root())).rejects.toThrow('expected <image id> <variant>');
    await writeAircraft({ 'images_box.txt': lines(['3 1 2 x 4']) });
    await expect(loadAircraft(root())).rejects.toThrow(
      'images_box.txt:1: expected <image id> <x1>',
    );
    await writeAircraft({ 'variants.txt': '' });
    await expect(loadAircraft(root())).rejects.toThrow('variants.txt is empty');
  });

  test('mini-Aircraft are in this layout, on every level', async () => {
    await ensureMini(miniAircraft, root(), { trainPerClass: 5, testPerClass: 1, imageSize: 48 });
    const variants = await loadAircraft(root());
    expect(variants.classNames).toHaveLength(10);
    expect(variants.classNames[0]).toBe('Banded/Capped Stripe-100');
    expect([variants.train.length, variants.test.length]).toEqual([50, 10]);
    expect((await loadAircraft(root(), { level: 'family' })).classNames.length).toBeLessThan(10);
    expect((await loadAircraft(root(), { level: 'manufacturer' })).classNames).toEqual([
      'Banded',
      'Disc',
    ]);
  });
});

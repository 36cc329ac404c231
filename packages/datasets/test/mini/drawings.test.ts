import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '@fbsd/trainer';
import sharp from 'sharp';
import { loadAircraft } from '../../src/loaders/aircraft.ts';
import { loadCars } from '../../src/loaders/cars.ts';
import { loadCub } from '../../src/loaders/cub.ts';
import { loadDogs } from '../../src/loaders/dogs.ts';
import { miniAircraft } from '../../src/mini/aircraft/files.ts';
import { miniCub, miniCubHard } from '../../src/mini/birds/files.ts';
import { miniCars } from '../../src/mini/cars/files.ts';
import { miniDogs } from '../../src/mini/dogs/files.ts';
import type { DrawnDataset } from '../../src/mini/drawn-dataset.ts';
import { ensureMini } from '../../src/mini/ensure.ts';
import {
  type Drawings,
  drawnAircraft,
  drawnBirds,
  drawnCars,
  drawnDogs,
  drawnHardBirds,
} from '../../src/mini/index.ts';
import { temporaryFolder } from '../support/temporary.ts';

const SETS: readonly [Drawings, DrawnDataset, (root: string) => Promise<Dataset>][] = [
  [drawnBirds, miniCub, loadCub],
  [drawnHardBirds, miniCubHard, loadCub],
  [drawnCars, miniCars, loadCars],
  [drawnAircraft, miniAircraft, (root) => loadAircraft(root, { cropBanner: true })],
  [drawnDogs, miniDogs, loadDogs],
];
const folder = temporaryFolder();
const root = () => join(folder(), 'drawn');
const settings = { seed: 3, trainPerClass: 2, testPerClass: 1, imageSize: 64 };

describe.each(SETS.map(([drawings, files, load]) => ({ name: files.name, drawings, files, load })))(
  '$name',
  ({ drawings, files, load }) => {
    test('the drawings are the pictures of the folder, byte for byte', async () => {
      await ensureMini(files, root(), settings);
      for (const { sample, svg, width, height } of drawings.pictures(settings)) {
        const jpeg = sharp(Buffer.from(svg)).flatten();
        const rendered = await jpeg.jpeg({ quality: 90, chromaSubsampling: '4:4:4' }).toBuffer();
        const written = await readFile(join(root(), sample.path));
        expect({ path: sample.path, same: written.equals(rendered) }).toEqual({
          path: sample.path,
          same: true,
        });
        const info = await sharp(written).metadata();
        expect([width, height]).toEqual([info.width, info.height]);
      }
    });

    test('the drawings have the classes and the split of the folder, and its boxes to a pixel', async () => {
      await ensureMini(files, root(), settings);
      const { classNames, partNames, train, test } = await load(root());
      expect(drawings.classNames).toEqual(classNames);
      expect(drawings.partNames).toEqual(partNames);
      const pictures = [...drawings.pictures(settings)];
      const split = (isTraining: boolean) =>
        pictures.filter((picture) => picture.isTraining === isTraining);
      for (const [drawn, loaded] of [
        [split(true), train],
        [split(false), test],
      ] as const) {
        // FGVC-Aircraft lists the pictures of its validation set last.
        const byPath = new Map(loaded.map((sample) => [sample.path, sample]));
        expect(drawn.map(({ sample }) => join(root(), sample.path)).sort()).toEqual(
          [...byPath.keys()].sort(),
        );
        for (const { sample } of drawn) {
          const { label, cutBottom, box, parts } = byPath.get(join(root(), sample.path)) ?? fail();
          expect([sample.label, sample.cutBottom]).toEqual([label, cutBottom]);
          for (const [key, value] of Object.entries(box ?? {})) {
            const off = Math.abs((sample.box?.[key as keyof typeof box] ?? Number.NaN) - value);
            expect(off).toBeLessThanOrEqual(1);
          }
          expect(sample.parts?.map(({ part, visible }) => [part, visible])).toEqual(
            parts?.map(({ part, visible }) => [part, visible]),
          );
        }
      }
    });
  },
);

describe('drawings', () => {
  test('the birds have the ids of mini-CUB, in its order', async () => {
    await ensureMini(miniCub, root(), settings);
    const { train, test } = await loadCub(root());
    const ids = (isTraining: boolean) =>
      [...drawnBirds.pictures(settings)]
        .filter((picture) => picture.isTraining === isTraining)
        .map(({ sample }) => sample.id);
    expect([ids(true), ids(false)]).toEqual([train, test].map((part) => part.map(({ id }) => id)));
  });

  // When this fails because a drawing was meant to change, raise the version of its data set.
  test.each([
    ['birds', drawnBirds, 'b92daa71480895fa1f3d4dba7816d94176e64050b87a93562fcb48655ef25bd9'],
    [
      'hard birds',
      drawnHardBirds,
      '0eee4cd32634f3680656cc05daceed2ba4dd805d643c7d0ab3ab1f83091381e7',
    ],
    ['cars', drawnCars, 'e9e9f68100ad171bfde0857a017474857fce5b03c16c8887bcebad54bd431bc0'],
    ['aircraft', drawnAircraft, 'dcf8c6949a195cc514b980404089a44009017b6bcb5ceb4ca05335b334114863'],
    ['dogs', drawnDogs, 'd4df4e7aec7f31230216d60e90b5e9af74601178e68fa6ac7efee5bc7f206c65'],
  ])('of %s are what they were', (_, drawings, expected) => {
    const hash = createHash('sha256');
    for (const { svg } of drawings.pictures({ trainPerClass: 2, testPerClass: 1 }))
      hash.update(svg);
    expect(hash.digest('hex')).toBe(expected);
  });

  test('800 without a word about how many', () => {
    const [first, ...others] = drawnBirds.pictures();
    expect([first?.width, first?.height, first?.isTraining]).toEqual([160, 160, true]);
    expect(others).toHaveLength(799);
    expect(others.filter(({ isTraining }) => !isTraining)).toHaveLength(200);
  });

  test('hard birds: 30 to train on and 30 to test on of each of 16 classes', () => {
    const pictures = [...drawnHardBirds.pictures()];
    for (const isTraining of [true, false]) {
      const labels = pictures.flatMap((p) => (p.isTraining === isTraining ? p.sample.label : []));
      expect(labels).toEqual(drawnHardBirds.classNames.flatMap((_, i) => new Array(30).fill(i)));
    }
    expect([...drawnHardBirds.pictures({ trainPerClass: 2, testPerClass: 1 })]).toHaveLength(48);
  });

  test('impossible settings are refused', () => {
    expect(() => [...drawnCars.pictures({ imageSize: 16 })]).toThrow(
      new RangeError(
        '[@fbsd/datasets] mini-Cars: imageSize must be an integer from 32 to 2048; got 16.',
      ),
    );
  });
});

function fail(): never {
  throw new Error('there is no such picture');
}

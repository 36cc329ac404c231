import { copyFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import {
  type Batch,
  type BatchOptions,
  batchCount,
  batches as batchesOf,
  type Sample,
  view,
} from '@fbsd/trainer';
import sharp from 'sharp';
import { centreCrop, cropBytes, geometry, normalise } from '../../trainer/src/data/transform.ts';
import { diskPictures, readPixels } from '../src/pictures/decode.ts';
import { DiskPictureCache } from '../src/pictures/picture-cache.ts';
import { fixture } from './support/fixtures.ts';
import { writePictures } from './support/pictures.ts';
import { temporaryFolder } from './support/temporary.ts';

const folder = temporaryFolder();
const batches = (samples: readonly Sample[], options: Omit<BatchOptions, 'pictures'>) =>
  batchesOf(samples, { pictures: diskPictures, ...options });

const training = { imageSize: 8, batchSize: 4, train: true, seed: 666 };
const evaluation = { imageSize: 8, batchSize: 4, train: false };

async function collect(source: AsyncIterable<Batch>): Promise<Batch[]> {
  const result: Batch[] = [];
  for await (const batch of source) result.push(batch);
  return result;
}

const ids = (list: readonly Batch[]) => list.flatMap(({ samples }) => samples.map(({ id }) => id));

/**
 * Decodes that are queued or running. Nothing changes it until the caller awaits; but a thread moves
 * a decode from one counter to the other in two steps, so that a single reading may be one off: the
 * median of those of a few milliseconds is not.
 */
function underWay(): number {
  const readings: number[] = [];
  for (const end = performance.now() + 5; performance.now() < end; ) {
    const { queue, process } = sharp.counters();
    readings.push(queue + process);
  }
  return readings.sort((a, b) => a - b)[readings.length >> 1] as number;
}

/** The value of a normalised picture's pixel as bytes again. */
const bytesOf = (images: Float32Array) =>
  Uint8Array.from(images, (v) => Math.round((v + 1) * 127.5));

describe('batchCount', () => {
  test.each([
    [12, 4, true, 3],
    [13, 4, true, 3], // a single one is of no use to batch normalisation
    [14, 4, true, 4],
    [13, 4, false, 4],
    [1, 4, false, 1],
    [1, 4, true, 0],
    [0, 4, false, 0],
  ])('%i samples by %i, training %s: %i', (samples, batchSize, train, expected) => {
    expect(batchCount(samples, batchSize, train)).toBe(expected);
  });
});

describe('batches in evaluation', () => {
  test('keeps the order, takes the centre and keeps a last single sample', async () => {
    const samples = await writePictures(folder(), 9);
    const list = await collect(batches(samples, evaluation));
    expect(list.map(({ shape }) => shape)).toEqual([
      [4, 8, 8, 3],
      [4, 8, 8, 3],
      [1, 8, 8, 3],
    ]);
    expect(ids(list)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(list.flatMap(({ labels }) => [...labels])).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
    expect(list[0]?.labels).toBeInstanceOf(Int32Array);
    const sizes = geometry(evaluation);
    for (const { images, samples } of list) {
      expect(images).toHaveLength(samples.length * 8 * 8 * 3);
      const expected = new Float32Array(images.length);
      for (const [i, { path }] of samples.entries()) {
        const bytes = cropBytes(await readPixels(path), sizes, centreCrop(sizes));
        normalise(bytes, expected, i * 8 * 8 * 3);
      }
      expect(images).toEqual(expected);
    }
  });

  test('no samples are no batches', async () => {
    expect(await collect(batches([], evaluation))).toEqual([]);
  });
});

describe('batches in training', () => {
  test('shows every sample once in an order of the epoch, but for a last single one', async () => {
    const samples = await writePictures(folder(), 13);
    const epochs = await Promise.all(
      [0, 1, 2].map(async (epoch) => ids(await collect(batches(samples, { ...training, epoch })))),
    );
    for (const order of epochs) {
      expect(order).toHaveLength(12);
      expect(new Set(order).size).toBe(12);
      expect(order).not.toEqual([...order].sort((a, b) => a - b));
    }
    expect(new Set(epochs.map(String)).size).toBe(3);
    const two = await collect(batches(samples.slice(0, 6), training));
    expect(two.map(({ shape }) => shape[0])).toEqual([4, 2]);
  });

  test('labels and pictures stay together', async () => {
    const samples = await writePictures(folder(), 8);
    for (const { samples: own, labels } of await collect(batches(samples, training))) {
      expect([...labels]).toEqual(own.map(({ label }) => label));
    }
    // Without room to crop, a picture is the whole one or its mirror image.
    const options = { ...training, resizeSize: 8, padding: 0 };
    const seen = new Set<string>();
    for (const batch of await collect(batches(samples, options))) {
      for (const [i, { path }] of batch.samples.entries()) {
        const actual = bytesOf(batch.images.slice(i * 192, (i + 1) * 192));
        const sizes = geometry(options);
        const picture = await readPixels(path);
        const kinds = [false, true].filter((flip) => {
          const bytes = cropBytes(picture, sizes, { left: 0, top: 0, flip });
          return Buffer.compare(bytes, actual) === 0;
        });
        expect(kinds).toHaveLength(1);
        seen.add(String(kinds[0]));
      }
    }
    expect(seen).toEqual(new Set(['true', 'false']));
  });

  test('pads with black before normalisation', async () => {
    const samples = await writePictures(folder(), 8);
    const list = await collect(batches(samples, { ...training, resizeSize: 8, padding: 4 }));
    const black = list.flatMap(({ images }) => [...images]).filter((value) => value === -1).length;
    // |shift| of 0 … 4 in both directions: 48% of the pixels on average; the noise is never black
    expect(black / (8 * 8 * 8 * 3)).toBeGreaterThan(0.2);
    expect(black / (8 * 8 * 8 * 3)).toBeLessThan(0.7);
  });

  test('is the same with any prefetch and for a slow consumer', async () => {
    const samples = await writePictures(folder(), 14);
    const expected = await collect(batches(samples, { ...training, epoch: 2 }));
    for (const prefetch of [0, 1, 7]) {
      const actual = await collect(batches(samples, { ...training, epoch: 2, prefetch }));
      expect(actual).toEqual(expected);
    }
    const slow: Batch[] = [];
    for await (const batch of batches(samples, { ...training, epoch: 2, prefetch: 2 })) {
      while (underWay() > 0) await new Promise(setImmediate);
      slow.push(batch);
    }
    expect(slow).toEqual(expected);
  });

  test('uses the memory of a batch again only when it is told to', async () => {
    const samples = await writePictures(folder(), 40);
    const options = { ...training, prefetch: 1 };
    const all = await collect(batches(samples, options));
    expect(new Set(all.map(({ images }) => images.buffer)).size).toBe(10);
    const memory = new Set<unknown>();
    let seen = 0;
    for await (const { images } of batches(samples, { ...options, reuseMemory: true })) {
      while (underWay() > 0) await new Promise(setImmediate); // a later batch is decoded
      expect(images).toEqual(all[seen++]?.images);
      memory.add(images.buffer);
    }
    expect(seen).toBe(10);
    expect(memory.size).toBeLessThanOrEqual(3); // in use, ahead, and the one given back
  });

  test('goes on in the middle of an epoch', async () => {
    const samples = await writePictures(folder(), 14);
    const all = await collect(batches(samples, training));
    expect(all).toHaveLength(4);
    for (const firstBatch of [1, 3, 4]) {
      const rest = await collect(batches(samples, { ...training, firstBatch }));
      expect(rest).toEqual(all.slice(firstBatch));
    }
  });

  test('crop and flip depend on seed, epoch and id, not on the place in the epoch', async () => {
    const samples = await writePictures(folder(), 8);
    const picture = async (list: readonly Sample[], options: { seed: number; epoch: number }) => {
      const all = await collect(batches(list, { ...training, ...options }));
      for (const { samples: own, images } of all) {
        const at = own.findIndex(({ id }) => id === 3);
        if (at >= 0) return [...images.subarray(at * 192, (at + 1) * 192)];
      }
      throw new Error('id 3 is in no batch');
    };
    const first = await picture(samples, { seed: 1, epoch: 0 });
    expect(await picture(samples.slice(1, 6), { seed: 1, epoch: 0 })).toEqual(first);
    expect(await picture(samples, { seed: 1, epoch: 1 })).not.toEqual(first);
    expect(await picture(samples, { seed: 2, epoch: 0 })).not.toEqual(first);
  });
});

describe('decoding ahead', () => {
  test.each([
    [0, 4, 0],
    [1, 8, 4],
    [2, 12, 8],
  ])(
    'with prefetch %i queues %i pictures at first, then %i ahead',
    async (prefetch, first, then) => {
      const samples = await writePictures(folder(), 40);
      const iterator = batches(samples, { ...training, prefetch });
      expect(underWay()).toBe(0); // nothing before it is asked for
      const pending = iterator.next();
      expect(underWay()).toBe(first);
      await pending;
      expect(underWay()).toBeLessThanOrEqual(then);
      while (underWay() > 0) await new Promise(setImmediate); // all ahead is decoded
      const ready = iterator.next();
      expect(underWay()).toBe(4); // only one batch more
      await ready;
      await iterator.return();
    },
  );

  test('ends with nothing under way when the consumer stops early', async () => {
    const samples = await writePictures(folder(), 40);
    for await (const batch of batches(samples, { ...training, prefetch: 5 })) {
      expect(batch.shape[0]).toBe(4);
      break;
    }
    expect(underWay()).toBe(0);
  });

  test('reports an unreadable picture by its path, and leaves nothing behind', async () => {
    const samples = await writePictures(folder(), 16);
    const broken = samples[9] as Sample; // the third batch
    await rm(broken.path);
    await copyFile(fixture('truncated.jpg'), broken.path);
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    // Jest's own `process` is a copy that hears nothing.
    const node = runInThisContext('process') as NodeJS.Process;
    node.on('unhandledRejection', listener);
    try {
      const seen: number[] = [];
      const run = async () => {
        for await (const batch of batches(samples, { ...evaluation, prefetch: 3 })) {
          // Long enough for the picture to fail before its batch is asked for.
          for (let i = 0; i < 5; i++) await readPixels(broken.path).catch(() => {});
          seen.push(...ids([batch]));
        }
      };
      await expect(run()).rejects.toThrow(
        `[@fbsd/datasets] cannot decode ${broken.path} (truncated).`,
      );
      expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(underWay()).toBe(0);
      // Stopping before the failure is asked for hides it without a word.
      for await (const _ of batches(samples, { ...evaluation, prefetch: 3 })) break;
      await new Promise(setImmediate);
      expect(unhandled).toEqual([]);
    } finally {
      node.off('unhandledRejection', listener);
    }
  });
});

describe('with a cache', () => {
  test('gives the same batches, from the pictures and from the cache', async () => {
    const samples = await writePictures(folder(), 12);
    const kept = join(folder(), 'cache');
    const cache = new DiskPictureCache(kept, diskPictures);
    for (const options of [training, evaluation]) {
      const expected = await collect(batches(samples, options));
      for (let time = 0; time < 2; time++) {
        expect(await collect(batches(samples, { ...options, cache }))).toEqual(expected);
      }
    }
    const files = await readdir(kept, { recursive: true, withFileTypes: true });
    expect(files.filter((file) => file.isFile())).toHaveLength(12);
  });
});

describe('errors of the options', () => {
  const samples = [1, 2, 3].map((id): Sample => ({ id, path: `${id}`, file: `${id}`, label: 0 }));

  test.each([
    [{ batchSize: 1 }, 'batchSize must be an integer of at least 2; got 1'],
    [{ batchSize: 2.5 }, 'batchSize must be an integer of at least 2; got 2.5'],
    [{ seed: -1 }, 'seed must be an integer from 0 to 4294967295; got -1'],
    [{ epoch: 0.5 }, 'epoch must be an integer from 0 to 4294967295; got 0.5'],
    [{ firstBatch: 2 }, 'firstBatch must be an integer from 0 to 1; got 2'],
    [{ prefetch: -1 }, 'prefetch must be an integer of at least 0; got -1'],
    [{ resizeSize: 7 }, 'resizeSize must be an integer of at least 8; got 7'],
  ])('%j is refused at once', (change, message) => {
    expect(() => batches(samples, { ...training, ...change })).toThrow(
      new RangeError(`[@fbsd/trainer] ${message}.`),
    );
  });

  test('training needs two images', () => {
    expect(() => batches(samples.slice(0, 1), training)).toThrow(
      '[@fbsd/trainer] batches: training needs at least 2 images; got 1.',
    );
  });
});

describe('view', () => {
  test('gives the picture of evaluation and its bytes', async () => {
    const { images, shape, rgb, picture } = await view(
      diskPictures,
      { path: fixture('source.jpg') },
      {
        imageSize: 112,
        resizeSize: 150,
      },
    );
    const expected = await readPixels(fixture('eval_resize150_centercrop112.png'));
    expect(shape).toEqual([1, 112, 112, 3]);
    expect(picture).toEqual({ width: 250, height: 187 });
    expect(Buffer.compare(rgb, expected.data)).toBe(0);
    expect(bytesOf(images)).toEqual(Uint8Array.from(expected.data));
  });

  test('names the path of what it cannot read', async () => {
    const path = join(folder(), 'nowhere.jpg');
    await expect(view(diskPictures, { path }, { imageSize: 8 })).rejects.toThrow(
      `cannot decode ${path} (missing)`,
    );
  });
});

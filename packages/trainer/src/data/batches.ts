import { type ShareOptions, shareOf } from '../parallel/share.ts';
import type { Pixels } from '../resize/resize.ts';
import { UserError } from '../user-error.ts';
import { randomErasing } from './augment/random-erasing.ts';
import { trivialAugment } from './augment/trivial-augment.ts';
import type { Sample } from './dataset.ts';
import type { Picture, PictureCache, PictureSource } from './picture-source.ts';
import { randomStream, shuffle } from './random.ts';
import { requireInteger } from './require-integer.ts';
import {
  centreCrop,
  cropBytes,
  cropNormalised,
  geometry,
  normalise,
  randomCrop,
  type TransformOptions,
} from './transform.ts';

/** Normalised pictures and their labels, ready to become tensors. */
export interface Batch {
  /** [B,S,S,3], values in [−1, 1]. */
  images: Float32Array;
  /** [B,S,S,3]; the last batch of an epoch may have a smaller B. */
  shape: [number, number, number, 3];
  /** Class of each picture, [B]. */
  labels: Int32Array;
  /** The samples that the pictures belong to, in the same order. */
  samples: readonly Sample[];
  /** Where the pictures are a process's share of a batch: that batch. */
  whole?: WholeBatch;
}

/** A batch that several processes share. */
export interface WholeBatch {
  /** Class of each of its pictures. */
  labels: Int32Array;
  /** Place in it of the share's first picture. */
  first: number;
  /** Pictures that count as the process's: 0 where others have all of them. */
  count: number;
}

/** How {@link batches} reads, transforms and groups pictures. */
export interface BatchOptions extends TransformOptions, AugmentOptions {
  /** Decodes the pictures. */
  pictures: PictureSource;
  /** Pictures per batch; at least 2 in training, because batch normalisation needs them. */
  batchSize: number;
  /** Shuffle, crop and flip at random; otherwise keep the order and take the centre. */
  train: boolean;
  /** An integer in [0, 2³²) that decides order, crops and flips. Evaluation has no use for it. @default 0 */
  seed?: number;
  /** 0-based; every epoch has an order, crops and flips of its own. @default 0 */
  epoch?: number;
  /** 0-based batch to begin with: resuming in the middle of an epoch. @default 0 */
  firstBatch?: number;
  /** How many batches are decoded ahead of the one in use. @default 3 */
  prefetch?: number;
  /** Use the memory of `images` again as soon as the batch after it is asked for. @default false */
  reuseMemory?: boolean;
  /** Keeps decoded, resized pictures. @default null: none */
  cache?: PictureCache | null;
  /** Of each batch only the share of one of several processes, in order. @default null: all of it */
  share?: ShareOptions | null;
}

/** What else is done to pictures in training; evaluation has no use for it. */
export interface AugmentOptions {
  /** Probability, from 0 to 1, that a picture is mirrored; 0 where left and right matter, as in letters. @default 0.5 */
  horizontalFlip?: number;
  /** TrivialAugment, in its wide version, as torchvision's `TrivialAugmentWide`: one operation on each picture. @default false */
  trivialAugment?: boolean;
  /** Probability, from 0 to 1, that a rectangle of a picture is erased, as torchvision's `RandomErasing`. @default 0 */
  randomErasing?: number;
}

/** One picture as the network sees it in evaluation, and as people do. */
export interface View {
  /** [1,S,S,3], values in [−1, 1]. */
  images: Float32Array;
  /** [1,S,S,3]. */
  shape: [1, number, number, 3];
  /** The same crop before normalisation: RGB bytes, [S,S,3]. */
  rgb: Uint8Array;
  /** Size in pixels of the whole picture, without rows that were cut off. */
  picture: Pick<Pixels, 'width' | 'height'>;
}

const DEFAULTS = {
  seed: 0,
  epoch: 0,
  firstBatch: 0,
  prefetch: 3,
  reuseMemory: false,
  cache: null,
  horizontalFlip: 0.5,
  share: null,
  trivialAugment: false,
  randomErasing: 0,
} as const;

// Part of the key of a random stream, so that no two purposes share numbers.
const ORDER = 0;
const CROP = 1;
const AUGMENT = 2;
const ERASE = 3;

/**
 * Number of batches in an epoch: ⌈samples/batchSize⌉, less a last batch of a single sample in
 * training, which batch normalisation could not use.
 */
export function batchCount(samples: number, batchSize: number, train: boolean): number {
  const rest = samples % batchSize;
  return Math.floor(samples / batchSize) + Number(rest >= (train ? 2 : 1));
}

/**
 * The batches of one epoch, decoded in the background ahead of their use.
 *
 * Training: resize to R×R, zero padding (black, before normalisation), random crop to S×S, flip with
 * probability `horizontalFlip`, then TrivialAugment if that is asked for; evaluation: resize to R×R, centre crop to S×S. Then (x/255 − 0.5)/0.5,
 * and in training random erasing if that is asked for.
 * A batch depends on (samples, seed, epoch, its number) alone: not on timing, not on `prefetch` and
 * not on where the epoch was begun; what is done to a picture depends on (seed, epoch, sample id).
 *
 * Decoding runs on the thread pool: with the batch in use, the pictures of the next `prefetch`
 * batches are queued there, so that it goes on while a training step blocks the main thread.
 * Memory: (prefetch + 1)·B·S·S·12 bytes, and the batch in use. When the consumer stops early or a picture fails, the
 * generator ends after the work under way has ended, and leaves nothing behind.
 *
 * @param samples in the order of evaluation; training shuffles a copy
 * @throws RangeError at once for impossible options, UserError for fewer than two training samples; while it
 *   runs, whatever `pictures` and `cache` throw
 */
export function batches(
  samples: readonly Sample[],
  options: BatchOptions,
): AsyncGenerator<Batch, void, undefined> {
  const sizes = geometry(options);
  const { pictures, batchSize, train } = options;
  const { seed, epoch, firstBatch, prefetch, reuseMemory, cache, share, ...augment } = {
    ...DEFAULTS,
    ...options,
  };
  requireInteger('[@fbsd/trainer] batchSize', batchSize, train ? 2 : 1);
  requireInteger('[@fbsd/trainer] seed', seed, 0, 2 ** 32 - 1);
  requireInteger('[@fbsd/trainer] epoch', epoch, 0, 2 ** 32 - 1);
  requireInteger('[@fbsd/trainer] prefetch', prefetch, 0);
  for (const option of ['horizontalFlip', 'randomErasing'] as const) {
    const probability = augment[option];
    if (probability >= 0 && probability <= 1) continue;
    throw new RangeError(
      `[@fbsd/trainer] ${option} must be a number from 0 to 1; got ${probability}.`,
    );
  }
  const count = batchCount(samples.length, batchSize, train);
  requireInteger('[@fbsd/trainer] firstBatch', firstBatch, 0, count);
  if (train && count === 0) {
    throw new UserError(
      `[@fbsd/trainer] batches: training needs at least 2 images; got ${samples.length}. Give more, or train on fewer classes.`,
    );
  }

  const order = train ? shuffle(samples, randomStream(seed, epoch, ORDER)) : samples;
  const side = sizes.imageSize;
  const write: Loading['write'] = ({ id }, picture, images, at) => {
    const stream = (purpose: number) => randomStream(seed, epoch, purpose, id);
    const crop = train
      ? randomCrop(sizes, stream(CROP), augment.horizontalFlip)
      : centreCrop(sizes);
    if (train && augment.trivialAugment) {
      const rgb = cropBytes(picture, sizes, crop);
      normalise(trivialAugment(rgb, side, stream(AUGMENT)), images, at);
    } else {
      cropNormalised(picture, sizes, crop, images, at);
    }
    if (train) randomErasing(images, at, side, augment.randomErasing, stream(ERASE));
  };
  const read: Loading['read'] = async (sample, use) =>
    cache ? cache.read(sample, sizes.resizeSize, use) : use(await pictures.read(sample));
  const memory = new Memory();
  const load = async (i: number): Promise<Batch> => {
    const whole = order.slice(i * batchSize, (i + 1) * batchSize);
    const loading = { side, write, read, memory };
    if (!share) return loadBatch(whole, loading);
    const { first, count, computed } = shareOf(whole.length, share);
    const batch = await loadBatch(whole.slice(first, first + computed), loading);
    return { ...batch, whole: { labels: labelsOf(whole), first, count } };
  };
  const all = ahead(firstBatch, count, prefetch, load);
  return reuseMemory ? givingBack(all, memory) : all;
}

/**
 * Puts one picture through the transform of evaluation, for prediction and display.
 *
 * @throws RangeError for impossible options, and whatever `pictures` throws
 */
export async function view(
  pictures: PictureSource,
  picture: Picture,
  options: TransformOptions,
): Promise<View> {
  const sizes = geometry(options);
  const pixels = await pictures.read(picture);
  const rgb = cropBytes(pixels, sizes, centreCrop(sizes));
  const images = new Float32Array(rgb.length);
  normalise(rgb, images);
  const { width, height } = pixels;
  return {
    images,
    shape: [1, sizes.imageSize, sizes.imageSize, 3],
    rgb,
    picture: { width, height },
  };
}

/** Yields load(from) … load(to − 1) in order, with up to `prefetch` further ones under way. */
async function* ahead<T>(
  from: number,
  to: number,
  prefetch: number,
  load: (i: number) => Promise<T>,
): AsyncGenerator<T, void, undefined> {
  const queue: Promise<T>[] = [];
  let next = from;
  try {
    for (let i = from; i < to; i++) {
      while (queue.length <= prefetch && next < to) {
        const promise = load(next++);
        promise.catch(() => {}); // it is awaited later: not unhandled until then
        queue.push(promise);
      }
      yield await (queue.shift() as Promise<T>);
    }
  } finally {
    await Promise.allSettled(queue);
  }
}

interface Loading {
  /** S. */
  side: number;
  /** Writes what the network is to see of a picture to `images`, from position `at` on. */
  write(sample: Sample, picture: Pixels, images: Float32Array, at: number): void;
  read(sample: Sample, use: (picture: Pixels) => void): Promise<void>;
  memory: Memory;
}

async function loadBatch(
  samples: readonly Sample[],
  { side, write, read, memory }: Loading,
): Promise<Batch> {
  const size = side * side * 3;
  const images = memory.take(samples.length * size);
  // All end before the first failure, in the batch's order, is reported.
  const results = await Promise.allSettled(
    samples.map((sample, i) => read(sample, (picture) => write(sample, picture, images, i * size))),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return {
    images,
    shape: [samples.length, side, side, 3],
    labels: labelsOf(samples),
    samples,
  };
}

function labelsOf(samples: readonly Sample[]): Int32Array {
  return Int32Array.from(samples, ({ label }) => label);
}

/**
 * Arrays that are used again: fresh ones, which the system has to clear page by page, cost a third of
 * the pictures per second.
 */
class Memory {
  private readonly spare: Float32Array[] = [];

  take(length: number): Float32Array {
    const at = this.spare.findIndex((array) => array.length === length);
    return this.spare.splice(at, at < 0 ? 0 : 1)[0] ?? new Float32Array(length);
  }

  give(array: Float32Array): void {
    this.spare.push(array);
  }
}

async function* givingBack(
  all: AsyncIterable<Batch>,
  memory: Memory,
): AsyncGenerator<Batch, void, undefined> {
  for await (const batch of all) {
    yield batch;
    memory.give(batch.images);
  }
}

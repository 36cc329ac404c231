import { UserError } from '@fbsd/trainer';
import { bytes } from '@fbsd/trainer/format';
import type { Settings } from '../settings/settings.ts';
import { largestThatFits } from './largest-that-fits.ts';
import type { MemoryRoom } from './memory-room.ts';

/** Images per batch, and batches per step. */
export type Batches = Pick<Settings, 'batchSize' | 'accumulate'>;

/** What decides how large a batch may be. */
export interface BatchLimits {
  settings: Batches & Pick<Settings, 'arch' | 'imageSize'>;
  /** What flags said of it: that is never changed. */
  given: Partial<Batches>;
  /** Memory of a step, as `stepMemory` of @fbsd/trainer tells. */
  memoryOf(batchSize: number, accumulate: number): number;
  /** Null where it is not known. */
  room: MemoryRoom | null;
}

/** Fewest images that batch norm can train on. */
const FEWEST = 2;

/**
 * The batch that was asked for, if it fits into the memory, or else the largest smaller one with so many batches per step
 * that a step has as many images as was asked for.
 *
 * @throws UserError if it does not fit and flags gave it: it names the flags that fit; and if no batch fits
 */
export function fitBatch({ settings, given, memoryOf, room }: BatchLimits): Batches {
  const { batchSize, accumulate } = settings;
  const fits = (size: number, count: number) => !room || memoryOf(size, count) <= room.bytes;
  if (fits(batchSize, accumulate)) return { batchSize, accumulate };
  const { description } = room as MemoryRoom;
  const needs = (size: number) => bytes(memoryOf(size, accumulate));

  const most = largestThatFits(batchSize - 1, (size) => fits(size, Math.max(2, accumulate)));
  if (most < FEWEST) {
    throw new UserError(
      `[fbsd] ${settings.arch} at ${settings.imageSize} pixels needs about ${needs(FEWEST)} for a batch of ${FEWEST} images, the fewest that batch norm can train on, but ${description}. Use a smaller --image-size, a smaller --arch or another --backend.`,
    );
  }
  const fitting = divide(batchSize * accumulate, most);
  if (given.batchSize === undefined && given.accumulate === undefined) return fitting;
  const asked =
    given.batchSize === undefined
      ? `--accumulate ${accumulate} with batches of ${batchSize} images`
      : `--batch-size ${batchSize}`;
  throw new UserError(
    `[fbsd] ${asked} needs about ${needs(batchSize)}, but ${description}: at most ${most} images fit into a batch. Use --batch-size ${fitting.batchSize} --accumulate ${fitting.accumulate}, ${comparison(batchSize * accumulate, fitting)}, or another --backend.`,
  );
}

/** The batches of at most `most` images that a step of so many images, or the next larger one, is made of. */
function divide(images: number, most: number): Batches {
  // As many images as were asked for, unless that makes batches of half the size or less.
  for (let batchSize = most; batchSize > most / 2; batchSize--) {
    if (images % batchSize === 0) return { batchSize, accumulate: images / batchSize };
  }
  const accumulate = Math.ceil(images / most);
  return { batchSize: Math.ceil(images / accumulate), accumulate };
}

function comparison(images: number, { batchSize, accumulate }: Batches): string {
  const made = batchSize * accumulate;
  return made === images
    ? `which makes the same step of smaller batches (only batch norms see ${batchSize} images instead)`
    : `which makes a step of ${made} images`;
}

import { inferenceMemory, UserError } from '@fbsd/trainer';
import { bytes } from '@fbsd/trainer/format';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { SelectedBackend } from '../backend/select-backend.ts';
import type { Say } from '../display/say.ts';
import { largestThatFits } from './largest-that-fits.ts';
import { testRoom } from './memory-room.ts';

/** What goes through a model, as a test or to predict. */
export interface Inference {
  model: LayersModel;
  backend: SelectedBackend;
  /** Images at once that are wished for. */
  batchSize: number;
  /** Whether --batch-size said so: then it is never changed. */
  given: boolean;
}

/**
 * As many images at once as were wished for, or as the memory of the backend holds; says if it is fewer. Results do not
 * depend on it.
 *
 * @throws UserError if flags gave a number that does not fit: it names the one that does; and if not even one image fits
 */
export function imagesAtOnce(
  { model, backend, batchSize, given }: Inference,
  say: Say,
  room = testRoom(backend.name),
): number {
  const memoryOf = inferenceMemory(model);
  const most = largestThatFits(batchSize, (size) => !(room && memoryOf(size) > room.bytes));
  if (most === batchSize || !room) return batchSize;
  const needed = bytes(memoryOf(batchSize));
  if (most < 1) {
    throw new UserError(
      `[fbsd] the model needs about ${bytes(memoryOf(1))} for one image, but ${room.description}, of which ${bytes(room.bytes)} are sure to be free in one piece. Use another --backend.`,
    );
  }
  const why = `would need about ${needed}, but ${room.description}: ${bytes(room.bytes)} are sure to fit beside gaps`;
  if (given) {
    throw new UserError(
      `[fbsd] --batch-size ${batchSize} ${why}. Use --batch-size ${most}, which gives the same results, or another --backend.`,
    );
  }
  say(`memory   ${batchSize} images at once ${why}: it is ${most} at once`);
  return most;
}

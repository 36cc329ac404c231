import type { Communicator } from './communicator.ts';

/** Which share of each batch a process has. */
export interface ShareOptions extends Pick<Communicator, 'rank' | 'size'> {
  /** Fewest images of a process that has any. @default 1 */
  least?: number;
}

/** A process's images of a batch. */
export interface Share {
  /** Place of the first one in the batch. */
  first: number;
  /** How many count as this process's: 0 where there are not enough for all. */
  count: number;
  /**
   * How many it computes. A process that has none computes the batch's first ones, for nothing, since it has to take part in
   * all that is exchanged.
   */
  computed: number;
}

/** Divides the images of a batch over the processes, in order; shares differ by one image at most. */
export function shareOf(images: number, { rank, size, least = 1 }: ShareOptions): Share {
  const processes = Math.min(size, Math.max(1, Math.floor(images / least)));
  if (rank >= processes) return { first: 0, count: 0, computed: Math.min(least, images) };
  const [each, rest] = [Math.floor(images / processes), images % processes];
  const count = each + Number(rank < rest);
  return { first: rank * each + Math.min(rank, rest), count, computed: count };
}

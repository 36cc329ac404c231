import type { Batch } from '../data/batches.ts';
import type { Communicator } from './communicator.ts';

/** Results of a batch, or of a process's share of it. */
export interface Logits {
  /** Mean loss of each head, and of all. */
  losses: Float32Array;
  /** [heads+1,B,K] */
  logits: Float32Array;
}

/**
 * The results of a whole batch, in all processes, from those of each one's share.
 *
 * @param share of this process; null if it has none
 * @param heads and one more, for all together
 */
export function gatherLogits(
  share: Logits | null,
  { labels, first, count }: NonNullable<Batch['whole']>,
  [heads, classes]: readonly [heads: number, classes: number],
  communicator: Communicator,
): Logits {
  const images = labels.length;
  const all = new Float32Array(heads + heads * images * classes); // zeros where others' results go
  const losses = all.subarray(0, heads);
  const logits = all.subarray(heads);
  if (share) {
    losses.set(share.losses.map((loss) => (loss * count) / images));
    for (let head = 0; head < heads; head++) {
      const own = share.logits.subarray(head * count * classes, (head + 1) * count * classes);
      logits.set(own, (head * images + first) * classes);
    }
  }
  communicator.allReduceSum(all);
  return { losses, logits };
}

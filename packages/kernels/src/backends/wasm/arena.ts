/** Bytes [start,end). */
interface Part {
  readonly start: number;
  readonly end: number;
}

/** Bytes of a cache line: a vector of as many, or a row of a tile of AMX, takes twice as long across two of them. */
export const ALIGNMENT = 64;
/** Bytes between two neighbours that the allocator gave, at most: its own records, and what aligns the second. */
const MOST_BETWEEN = 16;

/**
 * Memory taken from an allocator, shared out again: the smallest free part that is large enough is taken, and
 * parts that become free grow together with their neighbours.
 *
 * A part may even lie across the records that the allocator keeps between two pieces that it gave. It reads these
 * where a neighbour is given back, or made longer, and the arena gives nothing back. Only the records of the first piece
 * of a row stay, for what lies before it may be another's, and those of a piece that the allocator may make longer.
 */
export class Arena {
  /** By address. */
  readonly #free: Part[] = [];
  /** By the address that was given out. */
  readonly #taken = new Map<number, Part>();
  #end = Number.NEGATIVE_INFINITY;
  /** Whether the piece that ends there follows another one. */
  #follows = false;

  /** Free bytes at the end, which memory that follows will make longer. */
  get tail(): number {
    const last = this.#free.at(-1);
    return this.#follows && last && last.end === this.#end ? last.end - last.start : 0;
  }

  /**
   * Adds memory that the allocator gave.
   *
   * @param mayGrow whether the allocator, which then needs its records, may make the piece longer
   */
  add(address: number, bytes: number, mayGrow = false): void {
    const follows = address >= this.#end && address - this.#end <= MOST_BETWEEN;
    const start = follows && this.#follows && !mayGrow ? this.#end : address;
    if (address >= this.#end) this.#follows = follows;
    this.#end = Math.max(this.#end, address + bytes);
    this.#release({ start, end: address + bytes });
  }

  /** An aligned address, or 0 if no free part is large enough. */
  take(bytes: number): number {
    let best = -1;
    let bestSize = Number.POSITIVE_INFINITY;
    for (const [i, { start, end }] of this.#free.entries()) {
      const size = end - aligned(start);
      if (size >= bytes && size < bestSize) [best, bestSize] = [i, size];
    }
    const part = this.#free[best];
    if (!part) return 0;
    const address = aligned(part.start);
    const end = address + bytes;
    if (end < part.end) this.#free[best] = { start: end, end: part.end };
    else this.#free.splice(best, 1);
    this.#taken.set(address, { start: part.start, end });
    return address;
  }

  /** Makes what was taken free; returns whether it was taken here. */
  give(address: number): boolean {
    const part = this.#taken.get(address);
    if (!part) return false;
    this.#taken.delete(address);
    this.#release(part);
    return true;
  }

  #release({ start, end }: Part): void {
    const found = this.#free.findIndex((part) => part.start >= end);
    const i = found < 0 ? this.#free.length : found;
    const before = this.#free[i - 1];
    const after = this.#free[i];
    const joinsBefore = before?.end === start;
    const joinsAfter = after?.start === end;
    this.#free.splice(i - Number(joinsBefore), Number(joinsBefore) + Number(joinsAfter), {
      start: joinsBefore ? before.start : start,
      end: joinsAfter ? after.end : end,
    });
  }
}

/** An address or a size rounded up to whole cache lines. */
export function aligned(address: number): number {
  return Math.ceil(address / ALIGNMENT) * ALIGNMENT;
}

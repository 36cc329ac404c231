/**
 * The processes that train one network together, as `startMpi` of @fbsd/mpi knows them. All of them must call the same
 * functions in the same order; each call waits for the others.
 */
export interface Communicator {
  /** Number of this process, from 0; 0 keeps the run. */
  readonly rank: number;
  /** How many processes there are. */
  readonly size: number;
  /**
   * Adds up the values of all processes, in place: afterwards all have the same, bit by bit. Several arrays at once may take less
   * time than one after the other.
   */
  allReduceSum(...arrays: Float32Array[]): void;
  /** Gives all processes the bytes of process 0, in place. */
  broadcast(bytes: Uint8Array): void;
  /** Adds up values while the processes compute; null or missing where that is not worth a copy of them. */
  readonly background?: BackgroundSums | null;
}

/** What goes on while a process computes. */
export interface BackgroundSums {
  /** Begins to add up values, in place; until `finish` returns they must stay where they are. */
  add(values: Float32Array): void;
  /** Lets the sums go on; to be called now and then. */
  progress(): void;
  /** Waits until all sums are there. */
  finish(): void;
}

/** One process, which waits for nobody. */
export const ALONE: Communicator = {
  rank: 0,
  size: 1,
  allReduceSum() {},
  broadcast() {},
};

/** Whether any of the processes says so. */
export function anyOf(communicator: Communicator, own: boolean): boolean {
  if (communicator.size === 1) return own;
  const count = Float32Array.of(Number(own));
  communicator.allReduceSum(count);
  return count[0] !== 0;
}

/**
 * Gives all processes a value of process 0.
 *
 * @param value plain enough for JSON; the other processes' is not looked at
 */
export function broadcastJson<T>(communicator: Communicator, value: T): T {
  const text = new TextEncoder().encode(communicator.rank === 0 ? JSON.stringify(value) : '');
  const length = Uint32Array.of(text.length);
  communicator.broadcast(new Uint8Array(length.buffer));
  const bytes = communicator.rank === 0 ? text : new Uint8Array(length[0] as number);
  communicator.broadcast(bytes);
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}

/** MPI's calls for a sum that goes on while the program does. */
export interface NonBlockingSum {
  /** Begins to add up values in place. @returns its request */
  begin(values: Float32Array): Uint8Array;
  /** Lets it go on, and tells whether it has ended. */
  test(request: Uint8Array): boolean;
  /** Waits until it has ended. */
  wait(request: Uint8Array): void;
}

/** Values, 2 MiB, that are added up at once. */
export const PIECE = 2 ** 19;
/** Pieces on their way while the program computes: enough for a few ops at 1 Gbit/s. */
const IN_FLIGHT = 4;
/** The same while it also exchanges, as statistics of batch norms, what would wait behind them. */
const IN_FLIGHT_ASIDE = 1;
/**
 * Pieces on their way while it waits for them: so many that data flows in both directions at all times. One by one, a process that
 * has the other's leave to send fills the connection, and its own leave waits behind that.
 */
const IN_FLIGHT_WAITING = 16;

/** Adds up values of all processes while the program goes on. Made by {@link startMpi}. */
export class BackgroundSums {
  private readonly sum: NonBlockingSum;
  private inFlight = IN_FLIGHT;
  private waiting: Float32Array[] = [];
  /** In the order of their beginning. Holds the values, too, until they have arrived. */
  private running: { values: Float32Array; request: Uint8Array }[] = [];

  /** @internal */
  constructor(sum: NonBlockingSum) {
    this.sum = sum;
  }

  /**
   * Begins to add up values, in place; until {@link finish} returns they must stay where they are, and be left alone. All processes
   * must give arrays of the same lengths in the same order, each as soon as it has them.
   *
   * @param values not in a WebAssembly memory, which may move when it grows
   */
  add(values: Float32Array): void {
    for (let at = 0; at < values.length; at += PIECE) {
      this.waiting.push(values.subarray(at, at + PIECE));
    }
    this.progress();
  }

  /** Lets the sums go on. To be called now and then, as MPI libraries do little between two calls. */
  progress(): void {
    this.running = this.running.filter(({ request }) => !this.sum.test(request));
    this.begin(this.inFlight);
  }

  /**
   * If sums are on their way, they are fewer until {@link finish}: the program exchanges something else that it waits for.
   *
   * @internal
   */
  stepAside(): void {
    if (this.running.length > 0) this.inFlight = IN_FLIGHT_ASIDE;
  }

  /** Waits until all sums are there, bit by bit the same in all processes. */
  finish(): void {
    this.begin(IN_FLIGHT_WAITING);
    for (let first = this.running[0]; first; first = this.running[0]) {
      this.sum.wait(first.request);
      this.running.shift(); // not before: MPI may still read its values
      this.begin(IN_FLIGHT_WAITING);
    }
    this.inFlight = IN_FLIGHT;
  }

  private begin(inFlight: number): void {
    // One by one: what has begun is held here, also where the next one throws.
    while (this.running.length < inFlight) {
      const values = this.waiting.shift();
      if (!values) return;
      this.running.push({ values, request: this.sum.begin(values) });
    }
  }
}

/**
 * @typedef {object} Shares milliseconds of all calls of one function
 * @property {number} together of all shares
 * @property {number} longest of the longest share of each call, added up: what a call takes when all shares run at once
 */

/** Runs the shares of divided work one after the other, and adds up how long they take. */
export class ShareTimer {
  /** @type {Map<string, Shares>} */
  #functions = new Map();

  /**
   * A runner that says it has so many threads, and has one.
   *
   * @template Sizes
   * @param {{ sizes: Sizes, run(name: string, calls: readonly (readonly number[])[]): void }} single on one thread
   * @param {number} threads
   * @param {() => number} now milliseconds
   */
  runner(single, threads, now = () => performance.now()) {
    return {
      threads,
      sizes: single.sizes,
      /** @param {string} name @param {readonly (readonly number[])[]} calls */
      run: (name, calls) => {
        const total = this.#functions.get(name) ?? { together: 0, longest: 0 };
        this.#functions.set(name, total);
        let longest = 0;
        for (const args of calls) {
          const begin = now();
          single.run(name, [args]);
          const elapsed = now() - begin;
          total.together += elapsed;
          longest = Math.max(longest, elapsed);
        }
        total.longest += longest;
      },
    };
  }

  /** What was added up since the last time, by function. */
  take() {
    const taken = this.#functions;
    this.#functions = new Map();
    return taken;
  }
}

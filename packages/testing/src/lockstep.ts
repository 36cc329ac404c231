/** Adds up, in place, the values of all processes. */
export type AllReduceSum = (values: Float32Array) => void;

/** Unwinds a process that has come to an exchange whose outcome is not known yet. */
class Waiting extends Error {
  readonly values: Float32Array;

  constructor(values: Float32Array) {
    super('waits for the other processes');
    this.values = values;
  }
}

/**
 * What several processes compute that add up values together, without processes: each is run up to the first exchange whose
 * outcome is not known; that is added up, and all run again from their beginning. They must not depend on anything that
 * a run changes.
 *
 * @returns the results of the runs to the end
 */
export function inLockstep<T>(processes: readonly ((allReduceSum: AllReduceSum) => T)[]): T[] {
  const sums: Float32Array[] = [];
  for (;;) {
    const results: T[] = [];
    const waiting: Float32Array[] = [];
    for (const process of processes) {
      let exchanges = 0;
      try {
        const result = process((values) => {
          const sum = sums[exchanges++];
          if (sum === undefined) throw new Waiting(values.slice());
          if (sum.length !== values.length) throw new Error(`${sum.length}, ${values.length}`);
          values.set(sum);
        });
        results.push(result);
      } catch (error) {
        if (!(error instanceof Waiting)) throw error;
        waiting.push(error.values);
      }
    }
    if (waiting.length === 0) return results;
    if (waiting.length < processes.length) {
      throw new Error(`${results.length} processes ended while ${waiting.length} wait for them`);
    }
    const [first, ...rest] = waiting as [Float32Array, ...Float32Array[]];
    sums.push(first.map((value, i) => rest.reduce((sum, other) => sum + (other[i] ?? 0), value)));
  }
}

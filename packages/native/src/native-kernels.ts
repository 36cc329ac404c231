import type { Addon, Engine, Instructions } from './addon.ts';

/** Arguments of a function at most. */
const MOST_ARGUMENTS = 24;

/** The kernels on the threads of a pool. */
export class NativeKernels {
  /** How many threads compute, the calling one included. */
  readonly threads: number;
  /** The instruction set in use. */
  readonly instructions: Instructions;
  /** What the kernels and their callers must agree on: constants, and functions that tell bytes. */
  readonly sizes: Readonly<Record<string, number | ((...args: number[]) => number)>>;
  readonly #addon: Addon;
  readonly #engine: Engine;
  readonly #functions = new Map<string, { index: number; parameters: number }>();
  readonly #args: Float64Array;
  #heap = new Uint8Array();

  constructor(addon: Addon, instructions: Instructions, threads: number) {
    this.#addon = addon;
    this.#engine = addon.start(instructions, threads);
    this.#args = new Float64Array(MOST_ARGUMENTS * threads);
    this.threads = threads;
    this.instructions = instructions;
    const { functions, constants } = addon.describe(this.#engine);
    const sizes: Record<string, number | ((...args: number[]) => number)> = { ...constants };
    for (const [index, { name, parameters, computes }] of functions.entries()) {
      if (computes) this.#functions.set(name, { index, parameters });
      else {
        sizes[name] = (...args) => addon.size(this.#engine, index, Float64Array.from(args));
      }
    }
    this.sizes = sizes;
  }

  /** Whether there is such a function. */
  has(name: string): boolean {
    return this.#functions.has(name);
  }

  /**
   * Calls a function once with each list of arguments, at most one for each thread.
   *
   * @param memory where the addresses among the arguments are
   * @throws Error if there is no such function, it takes another number of arguments, or there are fewer threads
   */
  run(memory: WebAssembly.Memory, name: string, calls: readonly (readonly number[])[]): void {
    const called = this.#functions.get(name);
    if (!called) throw new Error(`[@fbsd/native] there is no function ${name}.`);
    const { index, parameters } = called;
    if (calls.length > this.threads) {
      throw new Error(
        `[@fbsd/native] ${name}: ${calls.length} calls, but ${this.threads} threads.`,
      );
    }
    for (const [thread, args] of calls.entries()) {
      if (args.length !== parameters) {
        throw new Error(
          `[@fbsd/native] ${name} takes ${parameters} arguments; got ${args.length}. @fbsd/native and @fbsd/kernels ` +
            'do not fit together: install the same version of both.',
        );
      }
      this.#args.set(args, thread * parameters);
    }
    if (this.#heap.buffer !== memory.buffer) this.#heap = new Uint8Array(memory.buffer);
    this.#addon.run(this.#engine, index, this.#heap, this.#args, calls.length);
  }
}

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Runner } from '../backends/wasm/module.ts';
import { PLACES, type Post, serve } from './thread.ts';

const { PENDING, FAILED, START, SLOT } = PLACES;

/** Runs functions of the module on several threads that share its memory. */
export class ThreadPool implements Runner {
  readonly threads: number;
  /** Resolves when every thread waits for work. */
  readonly ready: Promise<unknown>;
  readonly #workers: Worker[];
  readonly #names: string[];
  readonly #functions: Record<string, (...args: number[]) => void>;
  readonly #control: Int32Array;
  readonly #slots: Float64Array;

  constructor(code: WebAssembly.Module, memory: WebAssembly.Memory, threads: number) {
    const { exports } = new WebAssembly.Instance(code, { env: { memory } });
    this.#functions = exports as Record<string, (...args: number[]) => void>;
    this.#names = Object.keys(exports).filter((name) => typeof exports[name] === 'function');
    this.threads = threads;
    this.#control = new Int32Array(new SharedArrayBuffer(4 * (START + threads)));
    this.#slots = new Float64Array(new SharedArrayBuffer(8 * SLOT * threads));
    const names = this.#names;
    const shared = { code, memory, names, control: this.#control, slots: this.#slots };
    // The thread's whole program is one function, so that no file has to be found by a bundler.
    const program = `(${serve})(require('node:worker_threads'))`;
    this.#workers = Array.from({ length: threads - 1 }, (_, i) => {
      const post: Post = { ...shared, thread: i + 1, places: PLACES };
      return new Worker(program, { eval: true, workerData: post, execArgv: [] });
    });
    this.ready = Promise.all(
      this.#workers.map(async (worker) => {
        await once(worker, 'message');
        worker.unref(); // an idle pool does not hold the process
      }),
    );
  }

  run(name: string, calls: readonly (readonly number[])[]): void {
    const [own = [], ...others] = calls;
    const index = this.#names.indexOf(name);
    Atomics.store(this.#control, PENDING, others.length);
    others.forEach((args, i) => {
      this.#start(i + 1, index, args);
    });
    try {
      this.#functions[name]?.(...own);
    } finally {
      this.#join(name); // also after an error: the others still write to the heap
    }
  }

  #start(thread: number, index: number, args: readonly number[]): void {
    this.#slots.set([index, args.length, ...args], thread * SLOT);
    Atomics.add(this.#control, START + thread, 1);
    Atomics.notify(this.#control, START + thread);
  }

  /** Waits for the other threads. They have equal shares, so spinning comes first. */
  #join(name: string): void {
    for (let spins = 0; ; spins++) {
      const pending = Atomics.load(this.#control, PENDING);
      if (pending === 0) break;
      if (spins > 10_000) Atomics.wait(this.#control, PENDING, pending);
    }
    if (Atomics.exchange(this.#control, FAILED, 0)) {
      throw new Error(
        `[@fbsd/kernels] ${name} failed on another thread. This is a bug in the package, please report it.`,
      );
    }
  }

  async terminate(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

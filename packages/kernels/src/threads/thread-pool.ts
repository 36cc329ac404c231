import type { Runner } from '../backends/wasm/module.ts';
import { type Sizes, sizesOf } from '../backends/wasm/sizes.ts';
import { PLACES, SPINS, type StartThread, THREAD_PROGRAM, type Thread } from './thread.ts';

const { PENDING, FAILED, START, SLOT } = PLACES;

/** Runs functions of the module on several threads that share its memory. */
export class ThreadPool implements Runner {
  readonly threads: number;
  readonly sizes: Sizes;
  /** Resolves when every thread waits for calls; rejects if one does not start. */
  readonly ready: Promise<unknown>;
  readonly #others: Thread[];
  readonly #names: string[];
  readonly #functions: Record<string, (...args: number[]) => void>;
  readonly #control: Int32Array;
  readonly #slots: Float64Array;
  readonly #maySleep: boolean;

  constructor(
    code: WebAssembly.Module,
    memory: WebAssembly.Memory,
    threads: number,
    startThread: StartThread,
  ) {
    const { exports } = new WebAssembly.Instance(code, { env: { memory } });
    this.#functions = exports as Record<string, (...args: number[]) => void>;
    this.#names = Object.keys(exports).filter((name) => typeof exports[name] === 'function');
    this.threads = threads;
    this.sizes = sizesOf(exports);
    const control = new Int32Array(new SharedArrayBuffer(4 * (START + threads)));
    const slots = new Float64Array(new SharedArrayBuffer(8 * SLOT * threads));
    this.#control = control;
    this.#slots = slots;
    this.#maySleep = maySleep(control);
    const shared = { code, memory, names: this.#names, control, slots };
    this.#others = Array.from({ length: threads - 1 }, (_, i) =>
      startThread(THREAD_PROGRAM, { ...shared, thread: i + 1 }),
    );
    this.ready = Promise.all(this.#others.map(({ ready }) => ready));
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
      if (spins > SPINS && this.#maySleep) Atomics.wait(this.#control, PENDING, pending);
    }
    if (Atomics.exchange(this.#control, FAILED, 0)) {
      throw new Error(
        `[@fbsd/kernels] ${name} failed on another thread. This is a bug in the package, please report it.`,
      );
    }
  }

  async terminate(): Promise<void> {
    await Promise.all(this.#others.map((thread) => thread.terminate()));
  }
}

/** Whether this thread may be put to sleep: all may but the main thread of a page. */
function maySleep(control: Int32Array): boolean {
  try {
    Atomics.wait(control, PENDING, 1); // returns at once, for the value is 0
    return true;
  } catch {
    return false;
  }
}

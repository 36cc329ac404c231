/** Where the threads meet. */
export const PLACES = {
  /** In the control array: calls that are not finished. */
  PENDING: 0,
  /** Whether a call failed. */
  FAILED: 1,
  /** The counter of thread 0; that of thread t is t further. */
  START: 2,
  /** Length of a thread's slot: which function, how many arguments, the arguments. */
  SLOT: 64,
} as const;

/** How often a thread looks whether it is its turn before it sleeps: calls follow each other closely. */
export const SPINS = 10_000;

/** What a thread is given when it starts. */
interface ThreadData {
  readonly code: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** The functions of the module; a call names its index. */
  readonly names: readonly string[];
  readonly control: Int32Array;
  readonly slots: Float64Array;
  readonly thread: number;
}

/** A thread that was started. */
export interface Thread {
  /** Resolves when it waits for calls; rejects if it does not start. */
  readonly ready: Promise<unknown>;
  terminate(): unknown;
}

/** Starts a thread that runs a program, a function of its data and of what it calls when it is ready. */
export type StartThread = (program: string, data: ThreadData) => Thread;

const { PENDING, FAILED, START, SLOT } = PLACES;

/**
 * The program of a thread: waits for its counter to move, makes one call, counts itself off.
 *
 * It is text, and not a function made text, because bundlers, minifiers and coverage put into functions what
 * is not there in another thread.
 */
export const THREAD_PROGRAM = `({ code, memory, names, control, slots, thread }, ready) => {
  const { exports } = new WebAssembly.Instance(code, { env: { memory } });
  const functions = names.map((name) => exports[name]);
  const counter = ${START} + thread;
  const slot = slots.subarray(thread * ${SLOT}, (thread + 1) * ${SLOT});
  ready();
  for (let seen = 0; ; ) {
    for (let spins = 0; Atomics.load(control, counter) === seen; spins++) {
      if (spins > ${SPINS}) Atomics.wait(control, counter, seen);
    }
    seen = Atomics.load(control, counter);
    const [index, count] = slot;
    try {
      functions[index](...slot.subarray(2, 2 + count));
    } catch {
      Atomics.store(control, ${FAILED}, 1);
    }
    if (Atomics.sub(control, ${PENDING}, 1) === 1) Atomics.notify(control, ${PENDING});
  }
}`;

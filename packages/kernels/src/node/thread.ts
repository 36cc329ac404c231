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

/** What a thread is given when it starts. */
export interface Post {
  code: WebAssembly.Module;
  memory: WebAssembly.Memory;
  names: string[];
  control: Int32Array;
  slots: Float64Array;
  thread: number;
  places: typeof PLACES;
}

interface WorkerThreads {
  workerData: unknown;
  parentPort: { postMessage(message: string): void } | null;
}

/**
 * The program of a thread: waits for its counter to move, makes one call, counts itself off.
 *
 * It is handed over as source text, so it must not refer to anything outside of itself.
 */
export function serve({ workerData, parentPort }: WorkerThreads): void {
  const { code, memory, names, control, slots, thread, places } = workerData as Post;
  const { PENDING, FAILED, START, SLOT } = places;
  const { exports } = new WebAssembly.Instance(code, { env: { memory } });
  const functions = names.map((name) => exports[name] as (...args: number[]) => void);
  const slot = slots.subarray(thread * SLOT, (thread + 1) * SLOT);
  parentPort?.postMessage('ready');
  for (let seen = 0; ; ) {
    // Calls follow each other closely in a training step: spin for a while, then sleep.
    for (let spins = 0; Atomics.load(control, START + thread) === seen; spins++) {
      if (spins > 10_000) Atomics.wait(control, START + thread, seen);
    }
    seen = Atomics.load(control, START + thread);
    const [index = 0, count = 0] = slot;
    try {
      functions[index]?.(...slot.subarray(2, 2 + count));
    } catch {
      Atomics.store(control, FAILED, 1);
    }
    if (Atomics.sub(control, PENDING, 1) === 1) Atomics.notify(control, PENDING);
  }
}

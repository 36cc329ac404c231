import { availableParallelism } from 'node:os';
import {
  backend,
  findBackendFactory,
  getBackend,
  registerBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';
import type { WasmBackend } from '../backends/wasm/backend.ts';
import { useModule } from '../backends/wasm/module.ts';
import { accelerate } from '../registry/accelerate.ts';
import type { Acceleration } from '../registry/acceleration.ts';
import { loadSharedBackend } from './shared-backend.ts';
import { ThreadPool } from './thread-pool.ts';

/** Options of {@link useThreadedWasm}. */
export interface ThreadedWasmOptions {
  /** How many threads compute, the main one included. @default the number of CPUs, at most 8 */
  threads?: number;
}

/** The threaded wasm backend in use. */
export interface ThreadedWasm {
  /** How many threads compute, the main one included. */
  readonly threads: number;
  /** The kernels that were installed. */
  readonly acceleration: Acceleration;
  /** Ends the threads, disposes all tensors of the backend and puts tfjs's own wasm backend back. */
  dispose(): Promise<void>;
}

const PRIORITY = 2; // tfjs's own for wasm
const MAX_DEFAULT_THREADS = 8;

let inUse = false;

/**
 * Makes wasm the current backend, in its build for shared memory, with the kernels of this package
 * (see `accelerate`) on a pool of threads. For Node, where tfjs itself runs wasm on one thread only.
 *
 * The process ends by itself when its work is done, also without `dispose()`.
 *
 * ```ts
 * const wasm = await useThreadedWasm({ threads: 4 });
 * await model.fit(x, y);
 * await wasm.dispose();
 * ```
 *
 * @throws RangeError if threads is not a positive integer
 * @throws Error if it is in use already, if the wasm backend holds tensors, which would be lost, or if
 *   @tensorflow/tfjs-backend-wasm is not installed
 */
export async function useThreadedWasm({
  threads = Math.min(availableParallelism(), MAX_DEFAULT_THREADS),
}: ThreadedWasmOptions = {}): Promise<ThreadedWasm> {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(
      `[@fbsd/kernels] useThreadedWasm: threads must be a positive integer; got ${threads}.`,
    );
  }
  if (inUse) {
    throw new Error(
      '[@fbsd/kernels] useThreadedWasm: it is in use already. Await dispose() of the first before starting another.',
    );
  }
  const held = getBackend() === 'wasm' ? backend().numDataIds() : 0;
  if (held > 0) {
    throw new Error(
      `[@fbsd/kernels] useThreadedWasm: the wasm backend in use holds ${held} tensors, which would be lost. ` +
        'Call it before making tensors, or dispose them.',
    );
  }

  inUse = true;
  try {
    return await start(threads);
  } catch (error) {
    inUse = false;
    throw error;
  }
}

async function start(threads: number): Promise<ThreadedWasm> {
  const shared = (await loadSharedBackend()) as unknown as WasmBackend;
  let pool: ThreadPool | undefined;
  useModule(shared, (code, memory) => {
    pool = new ThreadPool(code, memory, threads);
    return pool;
  });
  await pool?.ready;

  const stock = findBackendFactory('wasm');
  removeBackend('wasm');
  registerBackend('wasm', () => shared, PRIORITY);
  await setBackend('wasm');
  const acceleration = accelerate();
  let disposed = false;
  return {
    threads,
    acceleration,
    async dispose() {
      if (disposed) return;
      disposed = true;
      acceleration.restore();
      removeBackend('wasm');
      registerBackend('wasm', stock, PRIORITY);
      await pool?.terminate();
      inUse = false;
    },
  };
}

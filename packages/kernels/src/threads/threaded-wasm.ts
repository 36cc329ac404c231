import {
  engine,
  findBackendFactory,
  type KernelBackend,
  registerBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';
import { compileFor } from '../backends/wasm/code.ts';
import { type Acceleration, accelerate } from '../backends/wasm/index.ts';
import { useModule } from '../backends/wasm/module.ts';
import { shown } from '../registry/known-options.ts';
import { createSharedBackend, type TfjsFiles } from './shared-backend.ts';
import type { StartThread } from './thread.ts';
import { ThreadPool } from './thread-pool.ts';

/** The threaded wasm backend in use. */
export interface ThreadedWasm {
  /** How many threads compute, the calling one included. */
  readonly threads: number;
  /** The kernels that were installed. */
  readonly acceleration: Acceleration;
  /** Ends the threads, disposes all tensors of the backend and puts tfjs's own wasm backend back. */
  dispose(): Promise<void>;
}

/** What differs between Node and a page. */
export interface Host {
  loadFiles(): Promise<TfjsFiles>;
  readonly startThread: StartThread;
}

const PRIORITY = 2; // tfjs's own for wasm
const MAX_DEFAULT_THREADS = 8;

let inUse = false;

/** How many threads there are by default, on a machine with so many CPUs. */
export function defaultThreads(cpus: number): number {
  return Math.min(cpus, MAX_DEFAULT_THREADS);
}

/** Makes wasm on threads the current backend; see `useThreadedWasm` of Node and of the web. */
export async function startThreadedWasm(threads: number, host: Host): Promise<ThreadedWasm> {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(
      `[@fbsd/kernels] useThreadedWasm: threads must be a positive integer; got ${shown(threads)}.`,
    );
  }
  if (inUse) {
    throw new Error(
      '[@fbsd/kernels] useThreadedWasm: it is in use already. Await dispose() of the first before starting another.',
    );
  }
  checkNoTensors();
  inUse = true;
  try {
    return await start(threads, host);
  } catch (error) {
    inUse = false;
    throw error;
  }
}

/** The backend that is in tfjs's registry will be disposed. */
function checkNoTensors(): void {
  const held = engine().registry['wasm']?.numDataIds() ?? 0;
  if (held === 0) return;
  throw new Error(
    `[@fbsd/kernels] useThreadedWasm: the wasm backend in use holds ${held} tensors, which would be lost. ` +
      'Call it before making tensors, or dispose them.',
  );
}

async function start(threads: number, { loadFiles, startThread }: Host): Promise<ThreadedWasm> {
  const { backend, checkKernels } = await createSharedBackend(await loadFiles());
  let pool: ThreadPool | undefined;
  useModule(backend, (memory) => {
    pool = new ThreadPool(compileFor(memory), memory, threads, startThread);
    return pool;
  });
  try {
    await pool?.ready;
    checkNoTensors(); // there may be some by now
    const putBack = replaceBackend(backend);
    try {
      await setBackend('wasm');
      checkKernels();
    } catch (error) {
      putBack();
      throw error;
    }
    const acceleration = accelerate();
    let disposed = false;
    return {
      threads,
      acceleration,
      async dispose() {
        if (disposed) return;
        disposed = true;
        acceleration.restore();
        putBack();
        await pool?.terminate();
        inUse = false;
      },
    };
  } catch (error) {
    await pool?.terminate();
    throw error;
  }
}

/** Puts a backend in the place of tfjs's own for wasm; returns what puts that back. */
function replaceBackend(backend: KernelBackend): () => void {
  const stock = findBackendFactory('wasm');
  removeBackend('wasm');
  registerBackend('wasm', () => backend, PRIORITY);
  return () => {
    removeBackend('wasm');
    registerBackend('wasm', stock, PRIORITY);
  };
}

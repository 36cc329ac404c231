import { availableParallelism } from 'node:os';
import { checkKnown } from '../registry/known-options.ts';
import { defaultThreads, startThreadedWasm, type ThreadedWasm } from '../threads/threaded-wasm.ts';
import { loadFiles } from './tfjs-files.ts';
import { startThread } from './thread.ts';

/** Options of {@link useThreadedWasm}. */
export interface ThreadedWasmOptions {
  /** How many threads compute, the main one included. @default the number of CPUs, at most 8 */
  threads?: number;
}

/**
 * Makes wasm the current backend, in its build for shared memory, with the kernels of this package
 * (see `accelerate`) on a pool of threads. For Node, where tfjs itself runs wasm on one thread only; for
 * pages see `@fbsd/kernels/web`.
 *
 * The process ends by itself when its work is done, also without `dispose()`.
 *
 * ```ts
 * const wasm = await useThreadedWasm({ threads: 4 });
 * await model.fit(x, y);
 * await wasm.dispose();
 * ```
 *
 * @throws TypeError for an option that is not known
 * @throws RangeError if threads is not a positive integer
 * @throws Error if it is in use already, if the wasm backend holds tensors, which would be lost, or if
 *   @tensorflow/tfjs-backend-wasm is not installed
 */
export async function useThreadedWasm(options: ThreadedWasmOptions = {}): Promise<ThreadedWasm> {
  checkKnown('[@fbsd/kernels] useThreadedWasm', options, ['threads']);
  const { threads = defaultThreads(availableParallelism()) } = options;
  return startThreadedWasm(threads, { loadFiles, startThread });
}

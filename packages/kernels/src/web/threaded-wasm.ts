import { isSupported } from '../backends/wasm/code.ts';
import { checkKnown } from '../registry/known-options.ts';
import { ThreadedWasmError } from '../threads/error.ts';
import { defaultThreads, startThreadedWasm, type ThreadedWasm } from '../threads/threaded-wasm.ts';
import { loadFiles, type TfjsFile } from './tfjs-files.ts';
import { startThread } from './thread.ts';

/** Options of {@link useThreadedWasm}: both files are of @tensorflow/tfjs-backend-wasm. */
export interface ThreadedWasmOptions {
  /** `wasm-out/tfjs-backend-wasm-threaded-simd.js`, as it is published: its address or its bytes. */
  script: TfjsFile;
  /** `wasm-out/tfjs-backend-wasm-threaded-simd.wasm`: its address or its bytes. */
  wasm: TfjsFile;
  /**
   * How many threads compute, the calling one included.
   *
   * @default the number of CPUs that the browser tells of, at most 8
   */
  threads?: number;
}

/**
 * Makes wasm the current backend, in its build for shared memory, with the kernels of this package
 * (see `accelerate`) on a pool of threads. For pages that are cross-origin isolated: those that are served
 * with the headers `Cross-Origin-Opener-Policy: same-origin` and
 * `Cross-Origin-Embedder-Policy: require-corp`, over https or from localhost.
 *
 * Call it in a dedicated Worker: computing in a page's main thread blocks the page.
 *
 * ```ts
 * // With Vite; elsewhere new URL('@tensorflow/…', import.meta.url), or any other address of the two files.
 * import script from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js?url';
 * import wasm from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url';
 *
 * const threaded = await useThreadedWasm({ script, wasm });
 * await model.fit(x, y);
 * await threaded.dispose();
 * ```
 *
 * @throws {ThreadedWasmError} if the page is not cross-origin isolated, the browser lacks WebAssembly SIMD, one
 *   of the files is not found or of another version, or threads do not start; its `code` says which
 * @throws TypeError for an option that is not known
 * @throws RangeError if threads is not a positive integer
 * @throws Error if it is in use already, if the wasm backend holds tensors, which would be lost, or if
 *   @tensorflow/tfjs-backend-wasm is not installed
 */
export async function useThreadedWasm(options: ThreadedWasmOptions): Promise<ThreadedWasm> {
  checkKnown('[@fbsd/kernels] useThreadedWasm', options, ['script', 'wasm', 'threads']);
  const { script, wasm, threads } = options;
  if (!globalThis.crossOriginIsolated) {
    throw new ThreadedWasmError(
      'not-isolated',
      'this page is not cross-origin isolated, so its threads cannot share memory. Serve it over https, or from ' +
        'localhost, with the headers Cross-Origin-Opener-Policy: same-origin and ' +
        "Cross-Origin-Embedder-Policy: require-corp, or compute on one thread: setBackend('wasm') and accelerate().",
    );
  }
  if (!isSupported()) {
    throw new ThreadedWasmError(
      'unsupported',
      "this browser has no WebAssembly SIMD. Use a newer one, or compute without: setBackend('wasm') and accelerate().",
    );
  }
  return startThreadedWasm(threads ?? defaultThreads(navigator.hardwareConcurrency), {
    loadFiles: () => loadFiles({ script, wasm }),
    startThread,
  });
}

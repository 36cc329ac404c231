/**
 * Why threads were not started.
 *
 * - `not-isolated`: the page is not cross-origin isolated, so its threads cannot share memory.
 * - `unsupported`: the JavaScript engine has no WebAssembly SIMD.
 * - `file-not-found`: tfjs's script or wasm was not found where it should be.
 * - `script-failed`: tfjs's script does not run: it was changed, or the page's security policy forbids it.
 * - `wrong-version`: these two files do not fit each other, or the tfjs that is installed.
 * - `no-memory`: the engine has no room for tfjs's memory.
 * - `thread-failed`: another thread did not start.
 */
export type ThreadedWasmProblem =
  | 'not-isolated'
  | 'unsupported'
  | 'file-not-found'
  | 'script-failed'
  | 'wrong-version'
  | 'no-memory'
  | 'thread-failed';

/** Threads were not started; `code` says why, the message what to do. */
export class ThreadedWasmError extends Error {
  /** Its class, also where there are several of this package. */
  override readonly name = 'ThreadedWasmError';
  /** Why. */
  readonly code: ThreadedWasmProblem;

  constructor(code: ThreadedWasmProblem, message: string, options?: ErrorOptions) {
    super(`[@fbsd/kernels] useThreadedWasm: ${message}`, options);
    this.code = code;
  }
}

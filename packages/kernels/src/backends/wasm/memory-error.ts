/** The heap of the wasm backend, 4 GB at most, has no room for a tensor. */
export class WasmMemoryError extends RangeError {
  /** Its class, also where there are several of this package. */
  override readonly name = 'WasmMemoryError';
}

/** The heap of the wasm backend, 4 GiB at most, has no room for a tensor. The backend can be used on. */
export class WasmMemoryError extends RangeError {
  /** Its class, also where there are several of this package. */
  override readonly name = 'WasmMemoryError';
}

/** The error where so many bytes were asked for. */
export function noRoomFor(bytes: number): WasmMemoryError {
  return new WasmMemoryError(
    `[@fbsd/kernels] the wasm heap has no ${bytes} bytes left: it holds 4 GiB at most, or what the system gives. ` +
      'Use a smaller batch or smaller images, or dispose tensors that are not needed any more.',
  );
}

import type { DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import { noRoomFor } from './memory-error.ts';

/*
 * The only place that knows tfjs's wasm backend from the inside: its memory, allocator and tensors.
 */

/** A tfjs wasm backend. */
export type WasmBackend = KernelBackend & {
  readonly wasm: {
    _malloc(bytes: number): number;
    _free(address: number): void;
    /** The memory; which of the two properties is there depends on the build. */
    readonly wasmMemory?: WebAssembly.Memory;
    readonly asm?: { readonly memory?: WebAssembly.Memory };
  };
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
};

/** The memory that holds all tensors of a backend. */
export function memoryOf({ wasm }: WasmBackend): WebAssembly.Memory {
  const memory = wasm.wasmMemory ?? wasm.asm?.memory;
  if (!memory) {
    throw new Error(
      '[@fbsd/kernels] accelerate: the memory of the wasm backend was not found. Use @tensorflow/tfjs-backend-wasm 4.22.',
    );
  }
  return memory;
}

/** Where a tensor's values begin. */
export function addressOf(backend: WasmBackend, { dataId }: TensorInfo): number {
  return backend.dataIdMap.get(dataId).memoryOffset;
}

/** Takes bytes from the backend's heap, aligned for SIMD. */
export function allocate({ wasm }: WasmBackend, bytes: number): number {
  const address = wasm._malloc(bytes) >>> 0; // addresses above 2 GiB come back negative
  if (address === 0) {
    throw noRoomFor(bytes);
  }
  return address;
}

export function free({ wasm }: WasmBackend, address: number): void {
  wasm._free(address);
}

import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { addressOf, memoryOf, type WasmBackend } from '../backends/wasm/backend.ts';

/**
 * The values of a tensor where they lie, to be changed without a copy: on wasm a view of the backend's memory, valid until
 * something is computed.
 *
 * @param tensor float32
 * @returns null on other backends, and where another tensor shares the values
 */
export function valuesInPlace(tensor: Tensor): Float32Array | null {
  if (engine().backendName !== 'wasm' || tensor.dtype !== 'float32') return null;
  const backend = engine().backend as WasmBackend;
  if (backend.refCount(tensor.dataId) !== 1) return null;
  return new Float32Array(memoryOf(backend).buffer, addressOf(backend, tensor), tensor.size);
}

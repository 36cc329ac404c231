import { tensorflowReplacements } from '../backends/tensorflow/replacements.ts';
import { wasmReplacements } from '../backends/wasm/replacements.ts';
import { webgpuReplacements } from '../backends/webgpu/replacements.ts';
import { type Acceleration, accelerateAny } from './acceleration.ts';

const byBackend = {
  tensorflow: tensorflowReplacements,
  wasm: wasmReplacements,
  webgpu: webgpuReplacements,
};

/**
 * Adds the training kernels that the current backend lacks and replaces those that are wrong or
 * slow, for every tfjs model: afterwards a plain `model.fit()` of a convolutional network runs on
 * `wasm`. On a backend that lacks nothing (`cpu`) it installs nothing.
 *
 * Call it once, after the backend is ready; a second call returns the same object. A page that uses one
 * backend alone loads less with the `accelerate` of `@fbsd/kernels/wasm`, `/webgpu` or `/tensorflow`.
 *
 * ```ts
 * await setBackend('wasm');
 * accelerate();
 * ```
 *
 * @throws Error if no backend is ready yet
 */
export function accelerate(): Acceleration {
  return accelerateAny(byBackend);
}

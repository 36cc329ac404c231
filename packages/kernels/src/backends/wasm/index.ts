import { type Acceleration, accelerateOnly } from '../../registry/acceleration.ts';
import { wasmReplacements } from './replacements.ts';

export type { Acceleration };

/**
 * Does what `accelerate` of `@fbsd/kernels` does, for tfjs's wasm backend alone: a bundle has
 * no code for the other backends. The ops of `@fbsd/kernels` use these kernels as well.
 *
 * Call it once, after the backend is ready; a second call, also of the other `accelerate`, returns the same
 * object.
 *
 * @throws Error if the current backend is not `wasm`
 */
export function accelerate(): Acceleration {
  return accelerateOnly('wasm', wasmReplacements);
}

import type { Replacement, Replacements } from '../install.ts';
import { reluGradient } from '../relu-gradient.ts';
import { composed } from './composed/index.ts';
import { identity } from './identity.ts';
import { handWritten } from './kernels/index.ts';
import { isSupported } from './module.ts';

/** What `accelerate` installs on the wasm backend: compositions where there is no SIMD. */
export function wasmReplacements(): Replacements {
  const kernels: readonly Replacement[] = [identity, ...(isSupported() ? handWritten : composed)];
  return { kernels, gradients: [reluGradient] };
}

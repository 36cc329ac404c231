import { batchNormalizationGradient } from '../../gradients/batch-normalization-gradient.ts';
import { clipGradient, relu6Gradient } from '../../gradients/clip-gradient.ts';
import { reluGradient } from '../../gradients/relu-gradient.ts';
import type { Replacement, Replacements } from '../../registry/install.ts';
import type { WasmBackend } from './backend.ts';
import { isSupported } from './code.ts';
import { paddedWindows } from './explicit-padding.ts';
import { fallback } from './fallback/index.ts';
import { guardAllocator } from './guard-allocator.ts';
import { identity } from './identity.ts';
import { handWritten } from './kernels/index.ts';
import { moduleOf } from './module.ts';
import { oneHot } from './one-hot.ts';

/** The kernels that `accelerate` installs on a wasm backend: the fallback where there is no SIMD. */
export function wasmReplacements(backend: object): Replacements {
  guardAllocator(backend as WasmBackend);
  const supported = isSupported();
  if (supported) moduleOf(backend); // fails here, not in the middle of a training step
  const kernels: readonly Replacement[] = [
    identity,
    oneHot,
    ...paddedWindows,
    ...(supported ? handWritten : fallback),
  ];
  const gradients = [batchNormalizationGradient, clipGradient, relu6Gradient, reluGradient];
  return { kernels, gradients };
}

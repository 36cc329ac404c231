import { batchNormalizationGradient } from '../../gradients/batch-normalization-gradient.ts';
import { reluGradient } from '../../gradients/relu-gradient.ts';
import type { Replacements } from '../../registry/install.ts';
import { shaders } from './kernels/index.ts';
import type { WebGPUBackend } from './runtime/backend.ts';
import { recordTfjsPrograms } from './runtime/tfjs-programs.ts';

/** The kernels and changes that `accelerate` installs on tfjs's WebGPU backend, in Node and in browsers. */
export function webgpuReplacements(backend: object): Replacements {
  return {
    kernels: shaders,
    gradients: [batchNormalizationGradient, reluGradient],
    change: () => recordTfjsPrograms(backend as WebGPUBackend),
  };
}

import { batchNormalizationGradient } from '../batch-normalization-gradient.ts';
import type { Replacements } from '../install.ts';
import { reluGradient } from '../relu-gradient.ts';
import type { WebGPUBackend } from './backend.ts';
import { shaders } from './kernels/index.ts';
import { recordTfjsPrograms } from './tfjs-programs.ts';

/** What `accelerate` installs on tfjs's WebGPU backend, in Node and in browsers. */
export function webgpuReplacements(backend: object): Replacements {
  return {
    kernels: shaders,
    gradients: [batchNormalizationGradient, reluGradient],
    change: () => recordTfjsPrograms(backend as WebGPUBackend),
  };
}

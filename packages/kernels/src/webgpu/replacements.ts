import { batchNormalizationGradient } from '../batch-normalization-gradient.ts';
import type { Replacements } from '../install.ts';
import { reluGradient } from '../relu-gradient.ts';
import { shaders } from './kernels/index.ts';

/** What `accelerate` installs on tfjs's WebGPU backend, in Node and in browsers. */
export function webgpuReplacements(): Replacements {
  return { kernels: shaders, gradients: [batchNormalizationGradient, reluGradient] };
}

import { batchNormalizationGradient } from '../batch-normalization-gradient.ts';
import type { Replacements } from '../install.ts';
import { reluGradient as reluGradientConfig } from '../relu-gradient.ts';
import {
  fusedBatchNorm,
  fusedBatchNormGradient,
  normalize,
  normalizeGradient,
} from './batch-norm.ts';
import { reluGradient } from './relu-gradient.ts';
import { sgd } from './sgd.ts';

/** What `accelerate` installs on the backend of tfjs-node and tfjs-node-gpu. */
export function tensorflowReplacements(): Replacements {
  return {
    kernels: [
      fusedBatchNorm,
      fusedBatchNormGradient,
      normalize,
      normalizeGradient,
      reluGradient,
      sgd,
    ],
    gradients: [batchNormalizationGradient, reluGradientConfig],
  };
}

import { batchNormalizationGradient } from '../../gradients/batch-normalization-gradient.ts';
import { reluGradient as reluGradientConfig } from '../../gradients/relu-gradient.ts';
import type { Replacements } from '../../registry/install.ts';
import {
  fusedBatchNorm,
  fusedBatchNormGradient,
  normalize,
  normalizeGradient,
} from './batch-norm.ts';
import { conv2DBackpropFilter, conv2DBackpropInput, convolutions } from './convolution.ts';
import type { NativeBackend } from './ops.ts';
import { reluGradient } from './relu-gradient.ts';
import { sgd } from './sgd.ts';

/**
 * The kernels that `accelerate` installs on the backend of tfjs-node and tfjs-node-gpu. The convolutions are for
 * CPUs: on a GPU cuDNN chooses among algorithms of its own.
 */
export function tensorflowReplacements(backend: object): Replacements {
  const { isUsingGpuDevice } = backend as NativeBackend;
  return {
    kernels: [
      ...(isUsingGpuDevice ? [] : [...convolutions, conv2DBackpropFilter, conv2DBackpropInput]),
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

import {
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';

/** Names of the kernels that this package adds to tfjs's. */
export type OwnKernel =
  | 'FbsdBatchNormGradient'
  | 'FbsdClipGradient'
  | 'FbsdFusedBatchNorm'
  | 'FbsdFusedBatchNormGradient'
  | 'FbsdMoments'
  | 'FbsdMultiTensorSgd'
  | 'FbsdMovingStatistics'
  | 'FbsdNormalize'
  | 'FbsdNormalizeGradient'
  | 'FbsdReluGradient'
  | 'FbsdSgd';

/**
 * Runs a kernel of ours if `accelerate()` installed it for the current backend.
 *
 * @param inputs those that are undefined are left out
 * @returns its outputs, or undefined if there is none: then compose stock ops
 */
export function runOwnKernel(
  name: OwnKernel,
  inputs: Record<string, Tensor | undefined>,
  attrs: Record<string, number | boolean | readonly object[]> = {},
): Tensor[] | undefined {
  if (!getKernel(name, getBackend())) return undefined;
  const given = Object.entries(inputs).filter(([, tensor]) => tensor);
  const outputs = engine().runKernel(
    name,
    Object.fromEntries(given) as NamedTensorMap,
    attrs as NamedAttrMap,
  );
  return Array.isArray(outputs) ? outputs : [outputs as Tensor];
}

import { Identity, type IdentityInputs, type KernelBackend } from '@tensorflow/tfjs-core';
import { replacement } from '../../registry/define-kernels.ts';

/**
 * A second handle on the same data. tfjs copies nothing in place, and counts references, so the
 * copy that the stock kernel makes (of every tensor that the tape saves) is not needed.
 */
export const identity = replacement<IdentityInputs>(Identity, ({ inputs: { x } }, backend) => {
  (backend as KernelBackend).incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
});

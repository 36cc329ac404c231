import { Identity, type KernelBackend } from '@tensorflow/tfjs-core';
import type { Replacement } from '../../registry/install.ts';

/**
 * A second handle on the same data. tfjs copies nothing in place, and counts references, so the
 * copy that the stock kernel makes (of every tensor that the tape saves) is not needed.
 */
export const identity: Replacement = {
  kernelName: Identity,
  create:
    () =>
    ({ inputs, backend }) => {
      const { x } = inputs;
      if (!x) throw new Error('[@fbsd/kernels] Identity: expected an input x, got none.');
      (backend as KernelBackend).incRef(x.dataId);
      return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
    },
};

import { getBackend, type KernelBackend, type TensorInfo } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../registry/define-kernels.ts';
import { install } from '../registry/install.ts';

/**
 * Makes batch norms take the statistics of the whole batch where each of several processes has a share of it: `batchNorm`,
 * `normalizedConv2d` and the FBSM of @fbsd/fbsm, in both passes, on the current backend. What they compute then is what one
 * process would, if the loss of each is its part of the whole one: the mean over its share times share/batch.
 *
 * All processes have to compute the same ops in the same order. Like any other gradient, those of γ and β are of the
 * process's own share, to be added up over all.
 *
 * @param allReduceSum adds up, in place, the values of all processes. One whose images do not count gives zeros there, and has
 *   no use for its gradients.
 * @returns ends it
 * @throws Error on webgpu, whose values cannot be read in the middle of a pass
 */
export function synchronizeBatchNorms(allReduceSum: (values: Float32Array) => void): () => void {
  const backendName = getBackend();
  if (backendName === 'webgpu') {
    throw new Error(
      '[@fbsd/kernels] synchronizeBatchNorms: on webgpu values cannot be read in the middle of a pass. Use another backend, or let each process take the statistics of its own images.',
    );
  }
  const kernel = fusedKernel('FbsdAllReduceSum', ({ x }, _, backend) => {
    const { dataId, shape, dtype }: TensorInfo = x;
    const tfjs = backend as KernelBackend;
    const values = Float32Array.from(tfjs.readSync(dataId) as Float32Array);
    allReduceSum(values);
    return [{ dataId: tfjs.write(values, shape, dtype), shape, dtype }];
  });
  return install(backendName, { kernels: [kernel] }).restore;
}

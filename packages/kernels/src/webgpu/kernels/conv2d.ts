import { Conv2D } from '@tensorflow/tfjs-core';
import { convolutionKernels } from '../../convolution-kernels.ts';
import { forwardGeometry } from '../../geometry.ts';
import type { WebGPUBackend } from '../backend.ts';
import { convolve } from '../convolution.ts';
import { output } from '../program.ts';

/** Convolution as an implicit matrix product, in the same tiles as its gradients. */
export const convolutions = convolutionKernels((inputs, info, kernelBackend) => {
  const backend = kernelBackend as WebGPUBackend;
  const y = output(backend, info.outShape);
  convolve(backend, Conv2D, forwardGeometry(info), { ...inputs, y });
  return y;
});

import { Conv2D } from '@tensorflow/tfjs-core';
import { convolutionKernels } from '../../../convolution/convolution-kernels.ts';
import { forwardGeometry } from '../../../convolution/geometry.ts';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { output, zeros } from '../runtime/program.ts';
import { convolve } from '../shaders/convolution.ts';

/** Convolution as an implicit matrix product, in the same tiles as its gradients. */
export const convolutions = convolutionKernels((inputs, info, kernelBackend) => {
  const backend = kernelBackend as WebGPUBackend;
  if (info.outShape.includes(0)) return zeros(backend, info.outShape);
  const y = output(backend, info.outShape);
  convolve(backend, Conv2D, forwardGeometry(info), { ...inputs, y });
  return y;
});

import { Conv2D, type Conv2DAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { conv2DInfo, forwardGeometry } from '../../geometry.ts';
import type { Replacement } from '../../install.ts';
import type { WebGPUBackend } from '../backend.ts';
import { convolve } from '../convolution.ts';
import { output } from '../program.ts';

/** Convolution as an implicit matrix product, in the same tiles as its gradients. */
export const conv2D: Replacement = {
  kernelName: Conv2D,
  create: (stock) => (args) => {
    const { x, filter } = args.inputs as { x: TensorInfo; filter: TensorInfo };
    const attrs = args.attrs as unknown as Conv2DAttrs;
    if (attrs.dataFormat === 'NCHW') return stock(args);
    const info = conv2DInfo(Conv2D, x.shape, filter.shape, attrs);
    const backend = args.backend as WebGPUBackend;
    const y = output(backend, info.outShape);
    convolve(backend, Conv2D, forwardGeometry(info), { x, filter, y });
    return y;
  },
};

import { backend_util } from '@tensorflow/tfjs-core';

/** @typedef {[number, number, number, number]} Shape */

/**
 * Multiplications and additions of a direct convolution or of one of its gradients, which are as many;
 * 0 for any other kernel.
 *
 * @param {string} kernel
 * @param {{inputs: object, attrs?: object}} call what the kernel was called with
 */
export function convolutionOperations(kernel, { inputs, attrs = {} }) {
  const { x, dy, filter } = /** @type {Record<string, {shape: number[]}>} */ (inputs);
  const { inputShape, filterShape, strides, pad, dilations, dimRoundingMode } =
    /** @type {Record<string, any>} */ (attrs);
  switch (kernel) {
    case 'Conv2D':
    case 'FusedConv2D':
      return count(x?.shape, filter?.shape);
    case 'Conv2DBackpropInput':
      return count(inputShape, filter?.shape);
    case 'Conv2DBackpropFilter':
      return dy ? count(x?.shape, filterShape) : 0;
    default:
      return 0;
  }

  /**
   * @param {unknown} image
   * @param {unknown} kernelShape
   */
  function count(image, kernelShape) {
    const info = backend_util.computeConv2DInfo(
      /** @type {Shape} */ (image),
      /** @type {Shape} */ (kernelShape),
      strides,
      dilations ?? 1,
      pad,
      dimRoundingMode,
    );
    const positions = info.batchSize * info.outHeight * info.outWidth;
    const taps = info.filterHeight * info.filterWidth;
    return 2 * positions * taps * info.inChannels * info.outChannels;
  }
}

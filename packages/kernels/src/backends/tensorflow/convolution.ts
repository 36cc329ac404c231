import {
  type backend_util,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropFilterInputs,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  type Conv2DBackpropInputInputs,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { convolutionKernels } from '../../convolution/convolution-kernels.ts';
import { conv2DInfo } from '../../convolution/geometry.ts';
import { replacement, withOps } from './define-kernels.ts';
import type { Ops } from './ops.ts';
import { backwardTiling, forwardTiling } from './tiles.ts';
import {
  convolveTiles,
  filterGradientOfTiles,
  inputGradientOfTiles,
  paysWithTiles,
} from './winograd.ts';
import { TILE, WINDOW } from './winograd-matrices.ts';

/*
 * Convolutions on the CPU that TensorFlow's own kernels, oneDNN's, do not do as fast as its products
 * of matrices: those of one pixel, and of 3×3 pixels with many channels. All others stay stock.
 */

/** The convolution, and the one of layers, with bias and activation. */
export const convolutions = convolutionKernels(({ x, filter, bias }, info, backend) =>
  withOps(backend, (ops) => {
    const y = forward(ops, x, filter, info);
    return y && bias ? ops.single('BiasAdd', [y, bias]) : y;
  }),
);

function forward(
  ops: Ops,
  x: TensorInfo,
  filter: TensorInfo,
  info: backend_util.Conv2DInfo,
): Tensor | undefined {
  if (isOnePixel(info)) {
    const y = ops.product(rowsOf(ops, x), ops.reshape(filter, filter.shape.slice(2)));
    return ops.reshape(y, info.outShape);
  }
  const tiling = forwardTiling(info);
  const pays = is3x3(info) && paysWithTiles(tiling, info.inChannels, info.outChannels);
  return pays ? convolveTiles(ops, tiling, x, filter) : undefined;
}

export const conv2DBackpropFilter = replacement<
  Conv2DBackpropFilterInputs,
  Conv2DBackpropFilterAttrs
>(Conv2DBackpropFilter, (ops, { x, dy }, attrs) => {
  const info = infoOf(Conv2DBackpropFilter, x, attrs.filterShape, attrs);
  if (!info || dy.shape.join() !== info.outShape.join()) return undefined; // as TensorFlow's refuses
  if (isOnePixel(info)) {
    const gradient = ops.product(rowsOf(ops, x), rowsOf(ops, dy), true);
    return ops.reshape(gradient, attrs.filterShape);
  }
  const tiling = forwardTiling(info);
  const pays = is3x3(info) && paysWithTiles(tiling, info.inChannels, info.outChannels);
  return pays ? filterGradientOfTiles(ops, tiling, x, dy) : undefined;
});

/** Of one pixel, TensorFlow's own is as fast as the product. */
export const conv2DBackpropInput = replacement<Conv2DBackpropInputInputs, Conv2DBackpropInputAttrs>(
  Conv2DBackpropInput,
  (ops, { dy, filter }, attrs) => {
    const x = { shape: attrs.inputShape, dtype: dy.dtype };
    const info = infoOf(Conv2DBackpropInput, x, filter.shape, attrs);
    // conv2dTranspose also takes images that are larger than the convolution's output.
    if (!info || dy.shape.join() !== info.outShape.join()) return undefined;
    const tiling = backwardTiling(info);
    const { top, bottom, left, right } = info.padInfo; // the gradient's are what is left of 2
    const pays =
      is3x3(info) &&
      Math.max(top, bottom, left, right) <= WINDOW - TILE &&
      paysWithTiles(tiling, info.outChannels, info.inChannels);
    return pays ? inputGradientOfTiles(ops, tiling, dy, filter) : undefined;
  },
);

/** Undefined where it takes the stock kernel: another data format or dtype. */
function infoOf(
  kernelName: string,
  x: Pick<TensorInfo, 'shape' | 'dtype'>,
  filterShape: readonly number[],
  attrs: Parameters<typeof conv2DInfo>[3],
): backend_util.Conv2DInfo | undefined {
  if (x.dtype !== 'float32' || (attrs.dataFormat ?? 'NHWC') !== 'NHWC') return undefined;
  return conv2DInfo(kernelName, x.shape, filterShape, attrs);
}

function isOnePixel(info: backend_util.Conv2DInfo): boolean {
  const { filterHeight, filterWidth, inHeight, inWidth, outHeight, outWidth } = info;
  const stepless = info.strideHeight === 1 && info.strideWidth === 1;
  const unpadded = inHeight === outHeight && inWidth === outWidth;
  return filterHeight === 1 && filterWidth === 1 && stepless && unpadded;
}

function is3x3(info: backend_util.Conv2DInfo): boolean {
  const steps = [info.strideHeight, info.strideWidth, info.dilationHeight, info.dilationWidth];
  return info.filterHeight === 3 && info.filterWidth === 3 && steps.every((step) => step === 1);
}

/** [B,H,W,C] → [B·H·W,C] */
function rowsOf(ops: Ops, x: TensorInfo): Tensor {
  return ops.reshape(x, [-1, x.shape[3] as number]);
}

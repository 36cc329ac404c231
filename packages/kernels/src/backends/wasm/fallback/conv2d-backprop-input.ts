import {
  type backend_util,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  conv2d,
  pad,
  reshape,
  reverse,
  slice,
  stack,
  stridedSlice,
  type Tensor,
  type Tensor4D,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { conv2DGradientInfo, type Phase, phaseOf } from '../../../convolution/geometry.ts';
import { replacement } from '../../../registry/define-kernels.ts';

/**
 * The input gradient as convolutions of dy with the flipped, transposed kernel, one for each phase
 * of the stride (see {@link phaseOf}): the forward kernel is ten times faster than the stock
 * gradient.
 */
export const conv2DBackpropInput = replacement<
  { dy: Tensor4D; filter: Tensor4D },
  Conv2DBackpropInputAttrs
>(Conv2DBackpropInput, ({ inputs: { dy, filter }, attrs }) => {
  const { inputShape, ...rest } = attrs;
  const info = conv2DGradientInfo(Conv2DBackpropInput, inputShape, filter.shape, rest, dy.shape);
  return inputGradient(dy, filter, info);
});

function inputGradient(dy: Tensor4D, filter: Tensor4D, info: backend_util.Conv2DInfo): Tensor {
  const { batchSize, strideHeight, strideWidth, inHeight, inWidth, inChannels } = info;
  const rows = Math.ceil(inHeight / strideHeight);
  const columns = Math.ceil(inWidth / strideWidth);
  return tidy(() => {
    const phases: Tensor[] = [];
    for (let i = 0; i < strideHeight; i++) {
      for (let j = 0; j < strideWidth; j++) {
        const vertical = phaseOf(i, strideHeight, info.padInfo.top, info.filterHeight, inHeight);
        const horizontal = phaseOf(j, strideWidth, info.padInfo.left, info.filterWidth, inWidth);
        phases.push(
          tidy(() => {
            const gradient = phaseGradient(dy, filter, info, vertical, horizontal);
            const missing = [rows - vertical.size, columns - horizontal.size] as const;
            return pad(gradient, [
              [0, 0],
              [0, missing[0]],
              [0, missing[1]],
              [0, 0],
            ]);
          }),
        );
      }
    }
    if (phases.length === 1) return phases[0] as Tensor;
    // [sh·sw,B,rows,columns,C] → [B·rows,sh,columns,sw,C]: the phases interleaved
    const interleaved = transpose(
      reshape(stack(phases), [strideHeight, strideWidth, batchSize * rows, columns, inChannels]),
      [2, 0, 3, 1, 4],
    );
    return slice(
      reshape(interleaved, [batchSize, rows * strideHeight, columns * strideWidth, inChannels]),
      [0, 0, 0, 0],
      info.inShape,
    );
  });
}

/** The gradient of one phase's inputs, [B,vertical.size,horizontal.size,C]. */
function phaseGradient(
  dy: Tensor4D,
  filter: Tensor4D,
  info: backend_util.Conv2DInfo,
  vertical: Phase,
  horizontal: Phase,
): Tensor4D {
  const top = padding(vertical, info.outHeight);
  const left = padding(horizontal, info.outWidth);
  const height = info.outHeight - crop(top[0]) - crop(top[1]);
  const width = info.outWidth - crop(left[0]) - crop(left[1]);
  if (vertical.taps * horizontal.taps === 0 || height <= 0 || width <= 0) {
    return zeros([info.batchSize, vertical.size, horizontal.size, info.inChannels]);
  }
  const taps = stridedSlice(filter, [vertical.first, horizontal.first, 0, 0], filter.shape, [
    info.strideHeight,
    info.strideWidth,
    1,
    1,
  ]);
  const flipped = transpose(reverse(taps, [0, 1]), [0, 1, 3, 2]) as Tensor4D; // [kh,kw,O,C]
  const reached = slice(
    dy,
    [0, crop(top[0]), crop(left[0]), 0],
    [info.batchSize, height, width, info.outChannels],
  );
  return conv2d(reached, flipped, 1, [
    [0, 0],
    [Math.max(0, top[0]), Math.max(0, top[1])],
    [Math.max(0, left[0]), Math.max(0, left[1])],
    [0, 0],
  ]);
}

/** Padding of dy before and after; a negative one means that dy is cropped. */
function padding({ taps, offset, size }: Phase, outputSize: number): [number, number] {
  return [taps - 1 - offset, size + offset - outputSize];
}

function crop(padding: number): number {
  return Math.max(0, -padding);
}

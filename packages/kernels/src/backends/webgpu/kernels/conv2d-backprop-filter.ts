import {
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropFilterInputs,
} from '@tensorflow/tfjs-core';
import { conv2DGradientInfo, forwardGeometry } from '../../../convolution/geometry.ts';
import { replacement } from '../define-kernels.ts';
import type { Operand } from '../products/operand.ts';
import { summedInParts } from '../products/summed-in-parts.ts';
import { output, widthFor, zeros } from '../runtime/program.ts';
import {
  geometryFields,
  PIXEL,
  POSITION,
  ROWS_OF_OUTPUTS,
  storeFour,
  TAP,
} from '../shaders/convolution.ts';

/** dW[tap,i,o] = Σ x(below the tap)[position,i]·dy[position,o]. The stock kernel runs one thread for each weight. */
export const conv2DBackpropFilter = replacement<
  Conv2DBackpropFilterInputs,
  Conv2DBackpropFilterAttrs
>(Conv2DBackpropFilter, (backend, { inputs: { x, dy }, attrs, stock }) => {
  const { filterShape, ...rest } = attrs;
  if ((rest.dataFormat as string) === 'NCHW') return stock();
  const info = conv2DGradientInfo(Conv2DBackpropFilter, x.shape, filterShape, rest, dy.shape);
  if (info.batchSize * info.outHeight * info.outWidth === 0) return zeros(backend, filterShape);
  const dw = output(backend, filterShape);
  const geometry = forwardGeometry(info);
  const { kernel, input, outChannels, positions } = geometry;
  const taps = kernel[0] * kernel[1] * input[2];
  const width = widthFor(outChannels);
  summedInParts(backend, {
    name: Conv2DBackpropFilter,
    rows: taps,
    columns: outChannels,
    depth: info.batchSize * positions[0] * positions[1],
    a: { ...TAPS, tensor: x, width: widthFor(input[2]) },
    b: { ...UPSTREAM, tensor: dy, width },
    reads: {},
    writes: { dw: { tensor: dw, width } },
    integers: { ...geometryFields(geometry, info.batchSize), taps, outChannels },
    functions: POSITION + TAP + PIXEL,
    result: `
fn lineOf(row: i32) -> i32 { return select(-1, row * u.outChannels, row < u.taps); }
${storeFour('dw', width, 'u.outChannels')}`,
  });
  return dw;
});

const TAPS: Operand = {
  array: 'x',
  contiguous: 'across',
  places: `
alias AcrossNAME = Tap; alias DepthNAME = Position;
fn acrossNAME(place: i32) -> Tap { return tapOf(min(place, u.taps - 1)); }
fn depthNAME(k: i32) -> Position { return positionOf(k); }
fn indexNAME(tap: Tap, position: Position) -> i32 { return pixel(position, tap); }`,
};

const UPSTREAM: Operand = {
  array: 'dy',
  contiguous: 'across',
  places: ROWS_OF_OUTPUTS,
};

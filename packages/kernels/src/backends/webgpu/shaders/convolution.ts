import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Geometry } from '../../../convolution/geometry.ts';
import { type Operand, placesAt } from '../products/operand.ts';
import { summedInParts } from '../products/summed-in-parts.ts';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { widthFor } from '../runtime/program.ts';

/*
 * Convolutions as products of matrices that are never written out: m is an output position of the
 * batch, k a tap and an input channel, n an output channel.
 */

/** The fields of `u` that {@link POSITION}, {@link TAP} and {@link PIXEL} read. */
export function geometryFields({ input, kernel, positions, ...g }: Geometry, batch: number) {
  return {
    images: batch,
    height: input[0],
    width: input[1],
    channels: input[2],
    kernelWidth: kernel[1],
    rows: positions[0],
    columns: positions[1],
    strideHeight: g.strides[0],
    strideWidth: g.strides[1],
    top: g.origin[0],
    left: g.origin[1],
    dilationHeight: g.dilations[0],
    dilationWidth: g.dilations[1],
  };
}

/** Position → row, column and index of where in the input its first tap lies. */
export const POSITION = `
struct Position { top: i32, left: i32, index: i32 };
fn positionOf(m: i32) -> Position {
  let line = quotient(m, u.columns);
  let image = quotient(line, u.rows);
  if (image >= u.images) { return Position(-1000000, 0, 0); } // outside, whatever the tap
  let top = (line - image * u.rows) * u.strideHeight + u.top;
  let left = (m - line * u.columns) * u.strideWidth + u.left;
  return Position(top, left, ((image * u.height + top) * u.width + left) * u.channels);
}
fn quotient(a: i32, b: i32) -> i32 { return i32(u32(a) / u32(b)); }
`;

/** Number of a tap and channel → offsets of the tap, and of both in the input. */
export const TAP = `
struct Tap { down: i32, right: i32, index: i32 };
fn tapOf(k: i32) -> Tap {
  let tap = quotient(k, u.channels);
  let row = quotient(tap, u.kernelWidth);
  let down = row * u.dilationHeight;
  let right = (tap - row * u.kernelWidth) * u.dilationWidth;
  return Tap(down, right, (down * u.width + right) * u.channels + k - tap * u.channels);
}
`;

/** The same of a kernel with one tap: without divisions, which take long. */
const SINGLE_TAP = `
struct Tap { down: i32, right: i32, index: i32 };
fn tapOf(k: i32) -> Tap { return Tap(0, 0, k); }
`;

/** Where in the input a position's tap lies; −1 in the padding. */
export const PIXEL = `
fn pixel(position: Position, tap: Tap) -> i32 {
  let row = u32(position.top + tap.down); // huge above the first
  let column = u32(position.left + tap.right);
  return select(-1, position.index + tap.index, row < u32(u.height) && column < u32(u.width));
}
`;

const IMAGES: Operand = {
  array: 'x',
  contiguous: 'depth',
  places: `
alias AcrossNAME = Position; alias DepthNAME = Tap;
fn acrossNAME(place: i32) -> Position { return positionOf(place); }
fn depthNAME(k: i32) -> Tap { return tapOf(k); }
fn indexNAME(position: Position, tap: Tap) -> i32 { return pixel(position, tap); }`,
};

/** Places in rows of the outputs' channels, as the filter's and the upstream gradient's last axis. */
export const ROWS_OF_OUTPUTS = placesAt(
  'select(-1, k * u.outChannels + place, place < u.outChannels)',
);

/** The filter [kh,kw,in,out] as it lies in memory. */
const FILTER: Operand = {
  array: 'filter_',
  contiguous: 'across',
  places: ROWS_OF_OUTPUTS,
};

/** The same for an input gradient: flipped, only the taps of a phase, in and out exchanged. */
const flippedFilter = (single: boolean): Operand => ({
  array: 'filter_',
  contiguous: 'depth',
  places: `
alias AcrossNAME = i32; alias DepthNAME = vec2<i32>;
fn acrossNAME(place: i32) -> i32 { return place; }
fn depthNAME(k: i32) -> vec2<i32> { // tap of the whole filter, channel
  ${
    single
      ? 'return vec2<i32>(u.lastRow * u.filterWidth + u.lastColumn, k);'
      : `let tap = quotient(k, u.channels);
  let row = quotient(tap, u.kernelWidth);
  let column = tap - row * u.kernelWidth;
  let whole = (u.lastRow - row * u.tapRows) * u.filterWidth + u.lastColumn - column * u.tapColumns;
  return vec2<i32>(whole, k - tap * u.channels);`
  }
}
fn indexNAME(place: i32, k: vec2<i32>) -> i32 {
  return select(-1, (k.x * u.outChannels + place) * u.channels + k.y, place < u.outChannels);
}`,
});

/** The taps of a filter that a phase of an input gradient uses, from the last to the first. */
export interface FlippedTaps {
  readonly filterWidth: number;
  readonly lastRow: number;
  readonly lastColumn: number;
  /** Steps between them. */
  readonly tapRows: number;
  readonly tapColumns: number;
}

export interface ConvolutionTensors {
  readonly x: TensorInfo;
  readonly filter: TensorInfo;
  readonly y: TensorInfo;
  /** Added to each output channel. */
  readonly bias?: TensorInfo | undefined;
}

/**
 * Writes the convolution of x into y, all of it or the pixels that the geometry names.
 *
 * @param flipped what makes it an input gradient: x is dy then, and y dx
 */
export function convolve(
  backend: WebGPUBackend,
  name: string,
  geometry: Geometry,
  { x, filter, y, bias }: ConvolutionTensors,
  flipped?: FlippedTaps,
): void {
  const batch = x.shape[0] as number;
  const { kernel, input, outChannels, positions } = geometry;
  const output = geometry.output ?? { size: positions, steps: [1, 1], first: [0, 0] };
  const rows = batch * positions[0] * positions[1];
  const width = widthFor(outChannels);
  const single = kernel[0] * kernel[1] === 1;
  const tap = single ? SINGLE_TAP : TAP;
  summedInParts(backend, {
    name,
    variant: `${flipped ? 'flipped' : ''} ${single ? 'single' : ''}`,
    rows,
    columns: outChannels,
    depth: kernel[0] * kernel[1] * input[2],
    a: { ...IMAGES, tensor: x, width: widthFor(input[2]) },
    b: {
      ...(flipped ? flippedFilter(single) : FILTER),
      tensor: filter,
      width: widthFor(flipped ? input[2] : outChannels),
    },
    reads: bias ? { bias: { tensor: bias, width } } : {},
    writes: { y: { tensor: y, width: width } },
    integers: {
      ...geometryFields(geometry, batch),
      outChannels,
      outHeight: output.size[0],
      outWidth: output.size[1],
      stepRows: output.steps[0],
      stepColumns: output.steps[1],
      firstRow: output.first[0],
      firstColumn: output.first[1],
      ...flipped,
    },
    functions: POSITION + tap + PIXEL,
    result: storePixels(width, bias !== undefined),
  });
}

function storePixels(width: 1 | 4, bias: boolean): string {
  return `
fn lineOf(m: i32) -> i32 {
  let line = quotient(m, u.columns);
  let image = quotient(line, u.rows);
  if (image >= u.images) { return -1; }
  let down = (line - image * u.rows) * u.stepRows + u.firstRow;
  let right = (m - line * u.columns) * u.stepColumns + u.firstColumn;
  return ((image * u.outHeight + down) * u.outWidth + right) * u.outChannels;
}
${storeFour('y', width, 'u.outChannels', bias ? '+ bias[COLUMN]' : '')}`;
}

/**
 * `fn store` of a product whose rows lie one after the other in an array of so many columns.
 *
 * @param after what is done to the value: WGSL in which COLUMN and AT stand for the indices of the column in
 *   its row and in the array
 */
export function storeFour(array: string, width: 1 | 4, columns: string, after = ''): string {
  const expression = (column: string, at: string) =>
    after.replaceAll('COLUMN', column).replaceAll('AT', at);
  const one = `if (column < ${columns}) {
    let at = (line + column) / 4;
    ${array}[at] = value ${expression('column / 4', 'at')};
  }`;
  const each = `for (var i = 0; i < min(4, ${columns} - column); i++) {
    let at = line + column + i;
    ${array}[at] = value[i] ${expression('column + i', 'at')};
  }`;
  return `
fn store(line: i32, column: i32, value: vec4<f32>) {
  ${width === 4 ? one : each}
}`;
}

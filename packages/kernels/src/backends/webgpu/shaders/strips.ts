/*
 * How the FBSM cuts a map [B,H,W,C] into strips: strip i of k has the lines ⌊iL/k⌋ … ⌊(i+1)L/k⌋−1 of the L rows or
 * columns. And what its kernels have in common: workgroups of 256 threads that are cut into rows for images.
 */

export const THREADS = 256;
export const MAX_WORKGROUPS = 65535;
/** Workgroups that keep a large GPU busy. */
export const WORKGROUPS = 1024;
/** Values of a map, single ones or vectors, that are worth a workgroup of their own. */
export const MIN_VALUES = 8 * THREADS;

/** Into how many strips, and in which direction. */
export interface Cut {
  readonly parts: number;
  readonly axis: 'height' | 'width';
}

/** Sizes of a map [B,H,W,C], as uniforms. */
export function sizesOf(shape: readonly number[], { parts }: Cut) {
  const [, height, width] = shape as [number, number, number, number];
  return { height, width, parts };
}

/** WGSL of where the strips lie; positions are counted row by row, in their image or in their strip. */
export function stripFunctions({ axis }: Cut): string {
  const [length, across] = axis === 'height' ? ['height', 'width'] : ['width', 'height'];
  return `
fn firstLine(strip: i32) -> i32 { return strip * u.${length} / u.parts; }
fn linesOf(strip: i32) -> i32 { return firstLine(strip + 1) - firstLine(strip); }
fn positionsOf(strip: i32) -> i32 { return linesOf(strip) * u.${across}; }
fn stripAt(position: i32) -> i32 {
  let line = position ${axis === 'height' ? '/' : '%'} u.width;
  return ((line + 1) * u.parts - 1) / u.${length};
}
fn positionIn(strip: i32, i: i32) -> i32 {
  ${
    axis === 'height'
      ? 'return firstLine(strip) * u.width + i;'
      : `
  let row = i / linesOf(strip);
  return row * u.width + firstLine(strip) + i - row * linesOf(strip);`
  }
}`;
}

/** How a workgroup shares out images among its threads: to each image a row of them. */
export interface ImageRows {
  /** Images at a time. */
  readonly rows: number;
  /** Threads of a row. */
  readonly lanes: number;
}

/** Rows of at least 16 threads, and no more rows than images. */
export function imageRows(images: number): ImageRows {
  let rows = 1;
  while (rows < 16 && rows < images) rows *= 2;
  return { rows, lanes: THREADS / rows };
}

/** WGSL of `sumOfRow(value, row, lane)`, which every thread of the row gets; all threads of the workgroup call it. */
export function rowSum({ lanes }: ImageRows, type = 'f32'): string {
  return `
var<workgroup> rowPlaces: array<${type}, ${THREADS}>;
fn sumOfRow(value: ${type}, row: i32, lane: i32) -> ${type} {
  let here = row * ${lanes} + lane;
  workgroupBarrier(); // an earlier call has read the places
  rowPlaces[here] = value;
  workgroupBarrier();
  for (var half = ${lanes / 2}; half > 0; half /= 2) {
    if (lane < half) { rowPlaces[here] += rowPlaces[here + half]; }
    workgroupBarrier();
  }
  return rowPlaces[row * ${lanes}];
}`;
}

/**
 * WGSL of an entry point whose workgroup has the strip `group.x`: there are `strip`, the `count` of its positions in an
 * image, the `positions` of a whole image, and `row` and `lane` of the `thread`.
 */
export function overStrip({ lanes }: ImageRows, body: string): string {
  return `
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let strip = i32(group.x);
  let count = positionsOf(strip);
  let positions = u.height * u.width;
  let row = i32(thread) / ${lanes};
  let lane = i32(thread) % ${lanes};
  ${body}
}`;
}

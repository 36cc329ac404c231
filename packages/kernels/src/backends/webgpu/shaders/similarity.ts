import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { output, run } from '../runtime/program.ts';
import { foldLanes } from './channels.ts';
import { lineSums } from './line-sums.ts';
import type { PairSizes } from './pair-products.ts';

/* The steps of the FDM between its matrix products: norms, sums of lines, and passes over matrices [n,S,M]. */

const MAX_WORKGROUPS = 65535;

/** 1/max(‖x‖, 1e-12) of each of so many rows of x. */
export function inverseNorms(backend: WebGPUBackend, x: TensorInfo, rows: number): TensorInfo {
  return lineSums(backend, x, {
    name: 'FbsdInverseNorms',
    lines: rows,
    length: x.shape.at(-1) as number,
    value: 'x[at] * x[at]',
    result: 'inverseSqrt(max(sum, 1e-24))',
  });
}

/** Σ_m x[s,m] [/ divisor[s]] of matrices [n,S,M] → [n·S]. */
export function rowSums(
  backend: WebGPUBackend,
  { rows, columns, images }: PairSizes,
  x: TensorInfo,
  divisor?: TensorInfo,
): TensorInfo {
  return lineSums(backend, x, {
    name: 'FbsdRowSums',
    lines: images * rows,
    length: columns,
    value: 'x[at]',
    ...(divisor ? { result: 'sum / divisor[line]', reads: { divisor } } : { result: 'sum' }),
  });
}

const SIDE = 16;

/** Σ_s x[s,m] [/ divisor[m]] of matrices [n,S,M] → [n·M]. */
export function columnSums(
  backend: WebGPUBackend,
  { rows, columns, images }: PairSizes,
  x: TensorInfo,
  divisor?: TensorInfo,
): TensorInfo {
  const y = output(backend, [images * columns]);
  run(backend, {
    name: 'FbsdColumnSums',
    reads: { x, ...(divisor && { divisor }) },
    writes: { y },
    integers: { rows, columns },
    workgroups: [Math.ceil(columns / SIDE), images, 1],
    code: () => `
var<workgroup> sums: array<f32, ${SIDE * SIDE}>;
@compute @workgroup_size(${SIDE}, ${SIDE})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let m = i32(group.x) * ${SIDE} + i32(local.x);
  let image = i32(group.y);
  let lane = i32(local.y);
  let here = lane * ${SIDE} + i32(local.x);
  var sum = 0.0;
  if (m < u.columns) {
    for (var s = lane; s < u.rows; s += ${SIDE}) { sum += x[(image * u.rows + s) * u.columns + m]; }
  }
  sums[here] = sum;
  ${foldLanes((other) => `sums[here] += sums[${other}];`)}
  if (lane == 0 && m < u.columns) {
    let line = image * u.columns + m;
    y[line] = sums[here]${divisor ? ' / divisor[line]' : ''};
  }
}`,
  });
  return y;
}

/**
 * A pass over matrices [n,S,M].
 *
 * @param body WGSL for the value at `at`; `s` and `m` are indices of vectors [n,S] and [n,M]
 */
export function overMatrices(
  backend: WebGPUBackend,
  sizes: PairSizes,
  reads: Record<string, TensorInfo>,
  writes: Record<string, TensorInfo>,
  body: string,
  factor = 1,
): void {
  const { rows, columns, images } = sizes;
  const values = images * rows * columns;
  run(backend, {
    name: 'FbsdDiversifyMatrices',
    variant: body,
    reads,
    writes,
    integers: { ...sizes, values },
    floats: { factor },
    workgroups: [Math.min(MAX_WORKGROUPS, Math.ceil(values / 256)), 1, 1],
    code: () => `
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  for (var at = i32(id.x); at < u.values; at += i32(groups.x) * 256) {
    let s = at / u.columns;
    let m = s / u.rows * u.columns + at - s * u.columns;
    ${body}
  }
}`,
  });
}

/**
 * Takes the part of a gradient back that goes through the norm of x: to −= κ·x/‖x‖², nothing where the norm is at its floor.
 *
 * @param kappa [n,S] of the images that are worked on
 * @param positions S
 */
export function directionGradient(
  backend: WebGPUBackend,
  { begin, images, channels }: PairSizes,
  positions: number,
  { to, x, kappa, inverse }: Record<'to' | 'x' | 'kappa' | 'inverse', TensorInfo>,
): void {
  const values = images * positions * channels;
  run(backend, {
    name: 'FbsdDirectionGradient',
    reads: { x, kappa, inverse },
    writes: { to },
    integers: { values, channels, first: begin * positions },
    workgroups: [Math.min(MAX_WORKGROUPS, Math.ceil(values / 256)), 1, 1],
    code: () => `
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  for (var i = i32(id.x); i < u.values; i += i32(groups.x) * 256) {
    let line = i / u.channels;
    let at = u.first * u.channels + i;
    let s = inverse[u.first + line];
    if (s < 0.9999e12) { to[at] -= kappa[line] * s * (s * x[at]); }
  }
}`,
  });
}

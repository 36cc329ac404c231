import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { type Program, run, wide, widthFor } from '../runtime/program.ts';
import { typeOf } from './elementwise.ts';

/*
 * Passes over rows of channels, [n,C], as batch norms make them. A workgroup takes 16 columns, of one
 * channel or four each, so that it reads whole lines of memory, and goes through its slice of the rows 16
 * at a time. A sum over all rows takes two such passes: one that sums each slice, one over the slices.
 */

const SIDE = 16;
/** Workgroups that keep a large GPU busy. */
const WORKGROUPS = 1024;
/** Rows that are worth a workgroup of their own. */
const MIN_ROWS = 64;

/** How rows are cut into slices. */
export interface RowPlan {
  readonly rows: number;
  readonly channels: number;
  readonly width: 1 | 4;
  readonly slices: number;
  /** Rows of each slice; the last may have fewer. */
  readonly sliceRows: number;
}

export function planRows({ shape }: TensorInfo): RowPlan {
  const channels = shape.at(-1) as number;
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const width = widthFor(channels);
  const across = Math.ceil(channels / width / SIDE);
  const most = Math.max(1, Math.min(Math.ceil(WORKGROUPS / across), Math.floor(rows / MIN_ROWS)));
  const sliceRows = Math.ceil(rows / most);
  return { rows, channels, width, sliceRows, slices: Math.ceil(rows / sliceRows) };
}

/** A program over rows. What it reads and writes is by columns, as the rows are, where no other width is given. */
export interface RowPass extends Omit<Program, 'workgroups' | 'directives' | 'code'> {
  /** WGSL outside of the entry point. */
  readonly declarations?: string;
  /**
   * WGSL of the entry point. There are `V`, the type of a column; `c`, the column, of `u.columns`;
   * `exists`, whether it does; `lane`, 0 to 15; `slice`, and its rows `first` to `last` − 1.
   */
  readonly body: string;
}

/**
 * Runs a pass over the rows of a plan.
 *
 * @param over 'slices' for the second pass of a sum, by one workgroup for its columns
 */
export function overRows(
  backend: WebGPUBackend,
  { rows, channels, width, sliceRows, slices }: RowPlan,
  { name, variant = '', reads, writes, integers, floats = {}, declarations = '', body }: RowPass,
  over: 'rows' | 'slices' = 'rows',
): void {
  const columns = channels / width;
  run(backend, {
    name,
    variant: `${variant} ${over}`,
    reads: wide(reads, width),
    writes: wide(writes, width),
    integers: { rows, columns, sliceRows, slices, ...integers },
    floats,
    workgroups: [Math.ceil(columns / SIDE), over === 'rows' ? slices : 1, 1],
    code: () => `
alias V = ${typeOf(width)};
${declarations}
@compute @workgroup_size(${SIDE}, ${SIDE})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let c = i32(group.x) * ${SIDE} + i32(local.x);
  let exists = c < u.columns;
  let lane = i32(local.y);
  let here = lane * ${SIDE} + i32(local.x); // of 256
  let slice = i32(group.y);
  let first = slice * u.sliceRows;
  let last = min(first + u.sliceRows, u.rows);
  ${body}
}`,
  });
}

/**
 * WGSL that folds the 16 lanes of a column into the first: `fold` puts `here + other` into `here`. No work for
 * subgroups: lanes are 16 threads apart, so that memory is read in whole lines, and a subgroup has few of a column.
 */
export function foldLanes(fold: (other: string) => string): string {
  return `
  workgroupBarrier();
  for (var half = ${SIDE / 2}; half > 0; half /= 2) {
    if (lane < half) {
      ${fold(`(here + half * ${SIDE})`)}
    }
    workgroupBarrier();
  }`;
}

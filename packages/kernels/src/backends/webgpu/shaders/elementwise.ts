import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { output, run, sizeOf, wide, widthFor } from '../runtime/program.ts';

const THREADS = 256;
const MAX_WORKGROUPS = 65535;

/** A computation for each value of tensors of one size. */
export interface Elementwise {
  readonly name: string;
  readonly reads: Readonly<Record<string, TensorInfo>>;
  readonly writes: Readonly<Record<string, TensorInfo>>;
  readonly floats?: Readonly<Record<string, number>>;
  /** WGSL for the values at `i`; `V` is their type, f32 or a vec4 of it. */
  readonly body: string;
}

/** Runs a computation value by value, four at a time where their number is a multiple of four. */
export function elementwise(backend: WebGPUBackend, program: Elementwise): void {
  const { name, floats = {}, body } = program;
  const values = sizeOf(Object.values(program.writes)[0] as TensorInfo);
  const width = widthFor(values);
  const size = values / width;
  run(backend, {
    name,
    reads: wide(program.reads, width),
    writes: wide(program.writes, width),
    integers: { size },
    floats,
    workgroups: [Math.min(MAX_WORKGROUPS, Math.ceil(size / THREADS)), 1, 1],
    code: () => `
alias V = ${typeOf(width)};
@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  for (var i = i32(id.x); i < u.size; i += i32(groups.x) * ${THREADS}) {
    ${body}
  }
}`,
  });
}

/** The values of a tensor in a buffer of their own. */
export function copy(backend: WebGPUBackend, x: TensorInfo): TensorInfo {
  const y = output(backend, x.shape);
  elementwise(backend, { name: 'FbsdCopy', reads: { x }, writes: { y }, body: 'y[i] = x[i];' });
  return y;
}

/** The type of so many values that are computed at once. */
export function typeOf(width: 1 | 4): string {
  return width === 4 ? 'vec4<f32>' : 'f32';
}

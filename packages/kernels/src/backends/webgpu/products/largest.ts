import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { type Binding, output, run, sizeOf, widthFor } from '../runtime/program.ts';
import { typeOf } from '../shaders/elementwise.ts';
import { reductionOf } from '../shaders/reduction.ts';

/** Parts of an operand: enough to keep a GPU busy, few enough for their maxima to be read by every workgroup. */
export const PARTS = 256;
const THREADS = 256;

/** The largest absolute values of parts of two tensors, zeros where there are fewer parts: [2,256]. */
export function largest(backend: WebGPUBackend, a: TensorInfo, b: TensorInfo): TensorInfo {
  const maxima = output(backend, [2, PARTS]);
  const reads = { a: wide(a), b: wide(b) };
  const { directives, declarations } = reductionOf(backend.device, 'max', THREADS);
  run(backend, {
    name: 'FbsdLargest',
    directives,
    reads,
    writes: { maxima },
    integers: { sizeA: sizeOf(a) / reads.a.width, sizeB: sizeOf(b) / reads.b.width },
    workgroups: [PARTS, 2, 1],
    code: () => `
${declarations}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let first = i32(group.x * ${THREADS} + thread);
  var largest: f32;
  if (group.y == 0) {
    ${ofOperand('a', reads.a.width)}
  } else {
    ${ofOperand('b', reads.b.width)}
  }
  let all = maxOfThreads(largest, thread);
  if (thread == 0) { maxima[group.y * ${PARTS} + group.x] = all; }
}`,
  });
  return maxima;
}

function wide(tensor: TensorInfo): Required<Binding> {
  return { tensor, width: widthFor(sizeOf(tensor)) };
}

function ofOperand(name: string, width: 1 | 4): string {
  return `var values: ${typeOf(width)};
    for (var i = first; i < u.size${name.toUpperCase()}; i += ${PARTS * THREADS}) { values = max(values, abs(${name}[i])); }
    largest = ${width === 4 ? 'max(max(values.x, values.y), max(values.z, values.w))' : 'values'};`;
}

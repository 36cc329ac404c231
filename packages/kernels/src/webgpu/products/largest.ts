import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '../backend.ts';
import { typeOf } from '../elementwise.ts';
import { output, run, sizeOf, widthFor } from '../program.ts';

/** How many maxima {@link largest} gives: enough to keep a GPU busy, few enough to be read by every workgroup. */
export const PARTIAL_MAXIMA = 256;
const THREADS = 256;

/** The largest absolute values of parts of x, zeros where there are fewer parts: [256]. */
export function largest(backend: WebGPUBackend, x: TensorInfo): TensorInfo {
  const maxima = output(backend, [PARTIAL_MAXIMA]);
  const width = widthFor(sizeOf(x));
  run(backend, {
    name: 'FbsdLargest',
    reads: { x: { tensor: x, width } },
    writes: { maxima },
    integers: { size: sizeOf(x) / width },
    workgroups: [PARTIAL_MAXIMA, 1, 1],
    code: () => `
var<workgroup> largest: array<f32, ${THREADS}>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  var most: ${typeOf(width)};
  for (var i = i32(group.x * ${THREADS} + lane); i < u.size; i += ${PARTIAL_MAXIMA * THREADS}) {
    most = max(most, abs(x[i]));
  }
  largest[lane] = ${width === 4 ? 'max(max(most.x, most.y), max(most.z, most.w))' : 'most'};
  workgroupBarrier();
  for (var half = ${THREADS / 2}u; half > 0; half /= 2) {
    if (lane < half) { largest[lane] = max(largest[lane], largest[lane + half]); }
    workgroupBarrier();
  }
  if (lane == 0) { maxima[group.x] = largest[0]; }
}`,
  });
  return maxima;
}

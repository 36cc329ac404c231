import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '../backend.ts';
import { typeOf } from '../elementwise.ts';
import { output, run, sizeOf, widthFor } from '../program.ts';
import { reductionOf } from '../reduction.ts';

/** How many maxima {@link largest} gives: enough to keep a GPU busy, few enough to be read by every workgroup. */
export const PARTIAL_MAXIMA = 256;
const THREADS = 256;

/** The largest absolute values of parts of x, zeros where there are fewer parts: [256]. */
export function largest(backend: WebGPUBackend, x: TensorInfo): TensorInfo {
  const maxima = output(backend, [PARTIAL_MAXIMA]);
  const width = widthFor(sizeOf(x));
  const { directives, declarations } = reductionOf(backend.device, 'max', THREADS);
  run(backend, {
    name: 'FbsdLargest',
    directives,
    reads: { x: { tensor: x, width } },
    writes: { maxima },
    integers: { size: sizeOf(x) / width },
    workgroups: [PARTIAL_MAXIMA, 1, 1],
    code: () => `
${declarations}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  var most: ${typeOf(width)};
  for (var i = i32(group.x * ${THREADS} + lane); i < u.size; i += ${PARTIAL_MAXIMA * THREADS}) {
    most = max(most, abs(x[i]));
  }
  let largest = maxOfThreads(${width === 4 ? 'max(max(most.x, most.y), max(most.z, most.w))' : 'most'}, lane);
  if (lane == 0) { maxima[group.x] = largest; }
}`,
  });
  return maxima;
}

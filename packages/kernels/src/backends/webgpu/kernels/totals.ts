import {
  Mean,
  Sum,
  type SumAttrs,
  type SumInputs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { replacement } from '../define-kernels.ts';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { output, run, sizeOf, widthFor } from '../runtime/program.ts';
import { typeOf } from '../shaders/elementwise.ts';
import { reductionOf } from '../shaders/reduction.ts';

const THREADS = 64;
/** Values of a workgroup, 64 for each thread. */
const PART = 4096;
const MAX_WORKGROUPS = 65535;

type Attrs = SumAttrs & { keepDims: boolean };

/**
 * Sums and means of all values, where these are many: in parts, and those again. The stock kernel gives all to one
 * workgroup, whose threads add one value after the other, so that of millions the last digits are lost.
 */
export const totals = [Sum, Mean].map((kernelName) =>
  replacement<SumInputs, Attrs>(kernelName, (backend, { inputs: { x }, attrs, stock }) => {
    const axes = util.parseAxisParam(attrs.axis, x.shape);
    const size = sizeOf(x);
    if (x.dtype !== 'float32' || axes.length < x.shape.length || size <= PART) return stock();
    const shape = attrs.keepDims ? x.shape.map(() => 1) : [];
    return total(backend, x, shape, kernelName === Mean ? 1 / size : 1);
  }),
);

/** The sum of all values of x, times a factor. */
export function total(
  backend: WebGPUBackend,
  x: TensorInfo,
  shape: readonly number[],
  scale: number,
): TensorInfo {
  let values = x;
  for (;;) {
    const parts = Math.ceil(sizeOf(values) / PART);
    const sums = output(backend, parts === 1 ? shape : [parts]);
    addParts(backend, values, sums, parts === 1 ? scale : 1);
    if (values !== x) backend.disposeData(values.dataId);
    if (parts === 1) return sums;
    values = sums;
  }
}

/** The sum of each part of x, times a factor. */
function addParts(backend: WebGPUBackend, x: TensorInfo, sums: TensorInfo, scale: number): void {
  const [size, parts] = [sizeOf(x), sizeOf(sums)];
  const width = widthFor(size);
  const across = Math.min(parts, MAX_WORKGROUPS);
  const { directives, declarations } = reductionOf(backend.device, 'sum', THREADS);
  run(backend, {
    name: 'SumOfParts',
    variant: 'of all',
    directives,
    reads: { x: { tensor: x, width } },
    writes: { sums },
    integers: { size: size / width, parts },
    floats: { scale },
    workgroups: [across, Math.ceil(parts / across), 1],
    code: () => `
alias V = ${typeOf(width)};
${declarations}
@compute @workgroup_size(${THREADS})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let part = i32(group.y * groups.x + group.x);
  let first = part * ${PART / width};
  let end = min(first + ${PART / width}, u.size);
  var values: V;
  for (var i = first + i32(thread); i < end; i += ${THREADS}) { values += x[i]; }
  let sum = sumOfThreads(${width === 4 ? 'dot(values, V(1))' : 'values'}, thread);
  if (thread == 0 && part < u.parts) { sums[part] = sum * u.scale; }
}`,
  });
}

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../define-kernels.ts';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { type Binding, output, run, sizeOf, widthFor } from '../runtime/program.ts';
import { typeOf } from '../shaders/elementwise.ts';
import { reductionOf } from '../shaders/reduction.ts';
import { total } from './totals.ts';

const THREADS = 64;
/** Values that are worth a workgroup. */
const VALUES = 4096;
/** Workgroups of a tensor: enough for a large one. */
const MOST = 128;

/** A tensor, and where the sums of its workgroups go. */
interface Part {
  readonly tensor: TensorInfo;
  readonly workgroups: number;
  readonly first: number;
}

/**
 * FbsdSumOfAll: tensors → the sum of all their values. A dispatch adds up as many as the adapter lets it bind
 * buffers, each by workgroups of its own; the last one adds their sums.
 */
export const sumOfAll = fusedKernel('FbsdSumOfAll', (backend, tensors) => {
  let count = 0;
  const parts = tensors
    .filter((tensor) => sizeOf(tensor) > 0)
    .map((tensor): Part => {
      const workgroups = Math.min(MOST, Math.ceil(sizeOf(tensor) / VALUES));
      const first = count;
      count += workgroups;
      return { tensor, workgroups, first };
    });
  const sums = output(backend, [count]);
  const atOnce = backend.device.limits.maxStorageBuffersPerShaderStage - 1; // and the sums
  for (const width of [4, 1] as const) {
    const alike = parts.filter(({ tensor }) => widthFor(sizeOf(tensor)) === width);
    for (let i = 0; i < alike.length; i += atOnce) {
      addUp(backend, alike.slice(i, i + atOnce), sums, width);
    }
  }
  const all = total(backend, sums, [], 1);
  backend.disposeData(sums.dataId);
  return [all];
});

function addUp(
  backend: WebGPUBackend,
  parts: readonly Part[],
  sums: TensorInfo,
  width: 1 | 4,
): void {
  const { directives, declarations } = reductionOf(backend.device, 'sum', THREADS);
  const reads: Record<string, Binding> = {};
  const integers: Record<string, number> = {};
  let workgroups = 0;
  for (const [i, part] of parts.entries()) {
    workgroups += part.workgroups;
    reads[`x${i}`] = { tensor: part.tensor, width };
    integers[`size${i}`] = sizeOf(part.tensor) / width;
    integers[`first${i}`] = part.first;
    integers[`end${i}`] = workgroups;
  }
  run(backend, {
    name: 'FbsdSumOfAll',
    directives,
    reads,
    writes: { sums },
    integers,
    workgroups: [workgroups, 1, 1],
    code: () => `
alias V = ${typeOf(width)};
${declarations}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let group = i32(id.x);
  var values: V;
  var place: i32;
  ${parts.map((_, i) => addOne(i)).join(' else ')}
  let sum = sumOfThreads(${width === 4 ? 'dot(values, V(1))' : 'values'}, thread);
  if (thread == 0) { sums[place] = sum; }
}`,
  });
}

/** WGSL of what the workgroups of a tensor do. */
const addOne = (k: number) => `if (group < u.end${k}) {
    let begin = ${k === 0 ? '0' : `u.end${k - 1}`};
    let stride = (u.end${k} - begin) * ${THREADS};
    for (var i = (group - begin) * ${THREADS} + i32(thread); i < u.size${k}; i += stride) { values += x${k}[i]; }
    place = u.first${k} + group - begin;
  }`;

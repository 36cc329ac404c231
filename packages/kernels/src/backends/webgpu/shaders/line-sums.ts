import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { output, run, widthFor } from '../runtime/program.ts';
import { typeOf } from './elementwise.ts';
import { reductionOf } from './reduction.ts';

const THREADS = 64;
const MAX_WORKGROUPS = 65535;

interface LineSums {
  readonly name: string;
  readonly lines: number;
  readonly length: number;
  /** WGSL of what is added of the values at `at`, column `c` of the line; `V` is their type. */
  readonly value: string;
  /** WGSL of what is made of the `sum` of a `line`. @default 'sum' */
  readonly result?: string;
  /** Read at `c`: a value for each column. */
  readonly columns?: Readonly<Record<string, TensorInfo>>;
  /** Read at `line`: a value for each. */
  readonly reads?: Readonly<Record<string, TensorInfo>>;
}

/** A sum for each line of memory of x, by a workgroup each. */
export function lineSums(
  backend: WebGPUBackend,
  x: TensorInfo,
  { name, lines, length, value, result = 'sum', columns = {}, reads = {} }: LineSums,
): TensorInfo {
  const y = output(backend, [lines]);
  const across = Math.min(lines, MAX_WORKGROUPS);
  const width = widthFor(length);
  const wide = Object.entries({ x, ...columns }).map(([name, tensor]) => [name, { tensor, width }]);
  const { directives, declarations } = reductionOf(backend.device, 'sum', THREADS);
  run(backend, {
    name,
    directives,
    reads: { ...Object.fromEntries(wide), ...reads },
    writes: { y },
    integers: { lines, length: length / width },
    workgroups: [across, Math.ceil(lines / across), 1],
    code: () => `
alias V = ${typeOf(width)};
${declarations}
@compute @workgroup_size(${THREADS})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let line = i32(group.y * groups.x + group.x);
  var values: V;
  if (line < u.lines) {
    for (var c = i32(thread); c < u.length; c += ${THREADS}) {
      let at = line * u.length + c;
      values += ${value};
    }
  }
  let sum = sumOfThreads(${width === 4 ? 'dot(values, V(1))' : 'values'}, thread);
  if (thread == 0 && line < u.lines) { y[line] = ${result}; }
}`,
  });
  return y;
}

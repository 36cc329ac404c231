import { expectClose } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '../../../src/backends/webgpu/runtime/backend.ts';
import { output, run } from '../../../src/backends/webgpu/runtime/program.ts';
import { reductionOf } from '../../../src/backends/webgpu/shaders/reduction.ts';
import { cases, valuesAndGradients } from '../../support/diversify-cases.ts';
import { expectAsOnCpu, random } from '../../support/reference.ts';
import { describeWebGPU, withoutSubgroups } from '../../support/webgpu.ts';

const backend = () => tf.backend() as WebGPUBackend;

/** What every thread of a workgroup gets: of x, and of its opposite in a second call. */
async function reduced(fold: 'sum' | 'max', x: tf.Tensor): Promise<Float32Array> {
  const threads = x.size;
  const y = output(backend(), [2 * threads]);
  const { directives, declarations } = reductionOf(backend().device, fold, threads);
  const f = `${fold}OfThreads`;
  run(backend(), {
    name: 'reduced',
    variant: `${fold} ${threads}`,
    directives,
    reads: { x },
    writes: { y },
    integers: { threads },
    workgroups: [1, 1, 1],
    code: () => `${declarations}
@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) thread: u32) {
  y[thread] = ${f}(x[thread], thread);
  y[thread + u32(u.threads)] = ${f}(-x[thread], thread);
}`,
  });
  const tensor = tf.engine().makeTensorFromTensorInfo(y);
  const values = (await tensor.data()) as Float32Array;
  tensor.dispose();
  return values;
}

describeWebGPU('reductionOf', () => {
  describe.each(['as it is', 'without subgroups'])('on the device %s', (kind) => {
    const here = <T>(f: () => Promise<T>) =>
      kind === 'as it is' ? f() : withoutSubgroups(backend().device, f);

    test.each([1, 2, 16, 64, 256])('folds the values of %d threads, again and again', (threads) =>
      here(async () => {
        const x = random('x', [threads]);
        const given = Array.from(await x.data());
        const sum = given.reduce((a, b) => a + b);
        const twice = (a: number, b: number) => ({
          shape: [2 * threads],
          data: [...Array(threads).fill(a), ...Array(threads).fill(b)],
        });
        const actual = async (fold: 'sum' | 'max') => ({
          shape: [2 * threads],
          data: await reduced(fold, x),
        });
        const tolerance = { rtol: 1e-5, atol: 1e-6 };
        expectClose(await actual('sum'), twice(sum, -sum), tolerance);
        expectClose(await actual('max'), twice(Math.max(...given), -Math.min(...given)));
        x.dispose();
      }),
    );

    test('uses subgroups where they are', () =>
      here(async () => {
        const { device } = backend();
        const { directives, declarations } = reductionOf(device, 'sum', 64);
        const expected = kind === 'as it is' && device.features.has('subgroups');
        expect(directives === 'enable subgroups;').toBe(expected);
        expect(declarations.includes('subgroupAdd')).toBe(expected);
      }));

    test('serves the norms and sums of diversify', () =>
      here(() => expectAsOnCpu(() => valuesAndGradients(cases[1] as number[][]))));
  });
});

import { setFlagsFromString } from 'node:v8';
import { type NativeKernels, startNativeKernels } from '@fbsd/native';
import { RELAXED_SIMD_FLAGS, type Values } from '@fbsd/testing';
import { nativeSets } from '@fbsd/testing/native';
import * as tf from '@tensorflow/tfjs-core';
import type { WasmBackend } from '../../../src/backends/wasm/backend.ts';
import {
  moduleOf,
  type Runner,
  replaceModule,
  singleThread,
} from '../../../src/backends/wasm/module.ts';
import { nativeRunner } from '../../../src/node/native-runner.ts';
import { type Installation, install } from '../../../src/registry/install.ts';
import { guardMemory } from '../../support/guarded-memory.ts';
import { type RandomCase, randomCase } from '../../support/random-cases.ts';
import { handWrittenReplacements } from '../../support/wasm.ts';

/** More of them: tools/checks/native.js. */
const { RANDOM_CASES: cases = '200', RANDOM_SEED: seed = 'native' } = process.env;
const CASES = Number(cases);
/** One, and so many that pairs of rows and columns are divided by both. */
const THREADS = [1, 4] as const;
/** Cases of one test. */
const AT_ONCE = 50;
/** What results may differ by, relative to the value and to the largest of the tensor. */
interface Tolerance {
  relative: number;
  ofLargest: number;
}

/** By another order of the same sums, or products that are not rounded. */
const REORDERED: Tolerance = { relative: 1e-4, ofLargest: 1e-5 };
/** By factors of 8 bits of mantissa, those of Winograd's algorithm too. */
const ROUNDED: Tolerance = { relative: 0, ofLargest: 0.06 };

/** Kernels to compare with those in plain WebAssembly. */
interface Kernels {
  name: string;
  tolerance: Tolerance;
  /** On how many threads. */
  threads: readonly number[];
  start(threads: number): (memory: WebAssembly.Memory) => Runner;
}

const native = (['float32', 'bf16'] as const).flatMap((precision) =>
  nativeSets(precision).map((instructions): Kernels => {
    const engines = new Map<number, NativeKernels>();
    return {
      name: instructions,
      tolerance: precision === 'float32' ? REORDERED : ROUNDED,
      threads: THREADS,
      start(threads) {
        const engine =
          engines.get(threads) ?? startNativeKernels({ threads, precision, instructions });
        engines.set(threads, engine);
        return (memory) => nativeRunner(engine, memory);
      },
    };
  }),
);

const relaxed: Kernels = {
  name: 'RELAXED_SIMD',
  tolerance: REORDERED,
  threads: [1],
  start: () => (memory) => singleThread(memory, 'RELAXED_SIMD'),
};

describe(`kernels in other instructions, on random cases of seed ${seed}`, () => {
  let installation: Installation;
  let backend: WasmBackend;
  beforeAll(async () => {
    for (const flag of RELAXED_SIMD_FLAGS) setFlagsFromString(flag);
    await tf.setBackend('wasm');
    backend = tf.backend() as WasmBackend;
    installation = install('wasm', handWrittenReplacements);
  });
  afterAll(() => {
    installation.restore();
    for (const flag of RELAXED_SIMD_FLAGS) setFlagsFromString(flag.replace('--', '--no-'));
  });

  /** What a runner makes of a case, on guarded memory; all work is divided, however little it is. */
  function run({ compute }: RandomCase, start: (memory: WebAssembly.Memory) => Runner) {
    const putBack = replaceModule(backend, start);
    const module = moduleOf(backend);
    module.worthwhileThreads = () => module.threads;
    const memory = guardMemory(backend, module);
    const tensors = tf.tidy(compute);
    const values = tensors.map((tensor) => ({ shape: tensor.shape, data: tensor.dataSync() }));
    tf.dispose(tensors);
    const broken = memory.broken();
    memory.restore();
    putBack();
    return { values, broken };
  }

  /** What is wrong with a case. */
  function faults(each: RandomCase): string[] {
    const found: string[] = [];
    const expected = run(each, (memory) => singleThread(memory, 'SIMD')).values;
    for (const { name, tolerance, threads, start } of [relaxed, ...native]) {
      const results = threads.map((count): Values[] => {
        const { values, broken } = run(each, start(count));
        const where = `${each.description}, ${name}, ${count} threads`;
        found.push(...broken.map((what) => `${where}: wrote ${what}`));
        for (const [i, value] of values.entries()) {
          if (name.endsWith('BF16') && each.jumps && i > 0) break;
          const difference = differ(value, expected[i] as Values, tolerance);
          if (difference) found.push(`${where}, output ${i}: ${difference}`);
        }
        return values;
      });
      const [one = [], several = one] = results;
      const differs = one.findIndex((value, i) => !same(value, several[i] as Values));
      if (differs >= 0 && !each.sumsOfThreads) {
        found.push(`${each.description}, ${name}, output ${differs}: depends on the threads`);
      }
    }
    return found;
  }

  const firsts = Array.from({ length: Math.ceil(CASES / AT_ONCE) }, (_, i) => i * AT_ONCE);
  test.each(firsts)('equal plain WebAssembly, from case %p on', (first) => {
    const found: string[] = [];
    for (let number = first; number < Math.min(CASES, first + AT_ONCE); number++) {
      found.push(...faults(randomCase(seed, number)));
    }
    expect(found).toEqual([]);
  });

  test('equal it with so many weights, and tiles, that they are transformed in parts', () => {
    const draw = (...shape: [number, number, number, number]) =>
      tf.randomUniform(shape, -1, 1, 'float32', shape[3]) as tf.Tensor4D;
    const compute = () => {
      // Three blocks of tiles: on four threads ranges begin within them.
      const x = draw(1, 51, 66, 320);
      const filter = draw(3, 3, 320, 384);
      const conv = (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.conv2d(x, filter, 1, 'same');
      const gradients = tf.grads(conv as (...xs: tf.Tensor[]) => tf.Tensor);
      return [conv(x, filter), ...gradients([x, filter], draw(1, 51, 66, 384))];
    };
    expect(
      faults({ description: 'many weights', sumsOfThreads: false, jumps: false, compute }),
    ).toEqual([]);
  });
});

const same = (a: Values, b: Values) =>
  Array.from(a.data).every((value, i) => Object.is(value, b.data[i]));

/** The worst of the values that differ, if any do. */
function differ(actual: Values, expected: Values, tolerance: Tolerance): string | undefined {
  if (actual.shape.join() !== expected.shape.join()) return `shape ${actual.shape}`;
  const values = Array.from(expected.data);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let worst: { at: number; excess: number } | undefined;
  for (const [at, value] of values.entries()) {
    const difference = Math.abs((actual.data[at] ?? Number.NaN) - value);
    const { relative, ofLargest } = tolerance;
    const excess = difference - (relative * Math.abs(value) + ofLargest * largest);
    if (excess <= 0 || excess < (worst?.excess ?? 0)) continue; // NaN is worst of all
    worst = { at, excess };
  }
  return worst && `at ${worst.at} ${actual.data[worst.at]} instead of ${values[worst.at]}`;
}

import { type ThreadedWasm, useThreadedWasm } from '@fbsd/kernels/node';
import { uniform } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { moduleOf } from '../src/backends/wasm/module.ts';
import { valuesAndGradients } from './support/diversify-cases.ts';
import { expectAsOnCpu } from './support/reference.ts';
import { guardKernels } from './support/wasm.ts';

/** Shapes of two to four maps, in any order of their sizes, that are the same for the same seed. */
function randomMaps(seed: number): number[][] {
  const upTo = (i: number, n: number) => 1 + Math.floor(n * uniform(`maps ${seed}`, i));
  const [batch, channels] = [upTo(0, 3), upTo(1, 40)];
  return Array.from({ length: 1 + upTo(2, 3) }, (_, i) => [batch, upTo(3 + i, 120), channels]);
}

const maps = [
  [
    [1, 7, 7, 40],
    [1, 20, 20, 40],
  ],
  [
    [1, 1, 3],
    [1, 500, 3],
    [1, 20, 3],
  ],
  ...Array.from({ length: 6 }, (_, seed) => randomMaps(seed)),
];

describe.each([1, 2, 4])('diversify on %d threads', (threads) => {
  let wasm: ThreadedWasm;
  beforeAll(async () => {
    wasm = await useThreadedWasm({ threads });
    const module = moduleOf(tf.backend());
    module.worthwhileThreads = () => module.threads; // all work is divided, however little it is
  });
  guardKernels();
  afterAll(() => wasm.dispose());

  test.each(maps.map((shapes) => ({ title: JSON.stringify(shapes), shapes })))(
    'of maps $title equals that of cpu',
    async ({ shapes }) => {
      await expectAsOnCpu(() => valuesAndGradients(shapes));
      expect(tf.memory().numTensors).toBe(0);
    },
  );
});

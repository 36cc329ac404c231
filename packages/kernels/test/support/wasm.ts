import { type Instructions, startNativeKernels } from '@fbsd/native';
import { nativeSets } from '@fbsd/testing/native';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import type { WasmBackend } from '../../src/backends/wasm/backend.ts';
import { paddedWindows } from '../../src/backends/wasm/explicit-padding.ts';
import { fallback } from '../../src/backends/wasm/fallback/index.ts';
import { identity } from '../../src/backends/wasm/identity.ts';
import { handWritten } from '../../src/backends/wasm/kernels/index.ts';
import { moduleOf, replaceModule } from '../../src/backends/wasm/module.ts';
import { oneHot } from '../../src/backends/wasm/one-hot.ts';
import { clipGradient, relu6Gradient } from '../../src/gradients/clip-gradient.ts';
import { reluGradient } from '../../src/gradients/relu-gradient.ts';
import { nativeRunner } from '../../src/node/native-runner.ts';
import { type Installation, install, type Replacements } from '../../src/registry/install.ts';
import { type GuardedMemory, guardMemory } from './guarded-memory.ts';

const both = [identity, oneHot, ...paddedWindows];
const clipped = [clipGradient, relu6Gradient];

/** The kernels written by hand, in WebAssembly or native. */
export const handWrittenReplacements: Replacements = {
  kernels: [...both, ...handWritten],
  gradients: [reluGradient, ...clipped],
};

/** Declares tests on wasm with each set of kernels: the fallback, and those written by hand. */
export function describeWasm(body: () => void): void {
  describe.each([
    { set: 'fallback', kernels: [...both, ...fallback], gradients: clipped },
    { set: 'hand-written', ...handWrittenReplacements },
    ...nativeSets().map((instructions) => ({
      set: `native ${instructions}`,
      ...handWrittenReplacements,
      instructions,
    })),
  ])('$set kernels', (replacements: Replacements & { instructions?: Instructions }) => {
    let installation: Installation;
    let putBack = () => {};
    beforeAll(async () => {
      await tf.setBackend('wasm');
      const { instructions } = replacements;
      if (instructions) {
        const kernels = startNativeKernels({ threads: 2, instructions });
        putBack = replaceModule(tf.backend() as WasmBackend, (memory) =>
          nativeRunner(kernels, memory),
        );
      }
      installation = install('wasm', replacements);
    });
    afterAll(() => {
      installation.restore();
      putBack();
    });
    guardKernels();
    body();
  });
}

/** Has all tests of a block run on guarded memory; the backend must be wasm by then. */
export function guardKernels(): void {
  let memory: GuardedMemory;
  beforeAll(() => {
    const backend = tf.backend();
    memory = guardMemory(backend as WasmBackend, moduleOf(backend));
  });
  afterEach(() => expect(memory.broken()).toEqual([]));
  afterAll(() => memory.restore());
}

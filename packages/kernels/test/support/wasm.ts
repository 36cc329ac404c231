import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import type { WasmBackend } from '../../src/backends/wasm/backend.ts';
import { paddedWindows } from '../../src/backends/wasm/explicit-padding.ts';
import { fallback } from '../../src/backends/wasm/fallback/index.ts';
import { identity } from '../../src/backends/wasm/identity.ts';
import { handWritten } from '../../src/backends/wasm/kernels/index.ts';
import { moduleOf } from '../../src/backends/wasm/module.ts';
import { oneHot } from '../../src/backends/wasm/one-hot.ts';
import { clipGradient, relu6Gradient } from '../../src/gradients/clip-gradient.ts';
import { reluGradient } from '../../src/gradients/relu-gradient.ts';
import { type Installation, install } from '../../src/registry/install.ts';
import { type GuardedMemory, guardMemory } from './guarded-memory.ts';

const both = [identity, oneHot, ...paddedWindows];
const clipped = [clipGradient, relu6Gradient];

/** Declares tests on wasm with each set of kernels: the fallback, and those written by hand. */
export function describeWasm(body: () => void): void {
  describe.each([
    { set: 'fallback', kernels: [...both, ...fallback], gradients: clipped },
    {
      set: 'hand-written',
      kernels: [...both, ...handWritten],
      gradients: [reluGradient, ...clipped],
    },
  ])('$set kernels', (replacements) => {
    let installation: Installation;
    beforeAll(async () => {
      await tf.setBackend('wasm');
      installation = install('wasm', replacements);
    });
    afterAll(() => installation.restore());
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

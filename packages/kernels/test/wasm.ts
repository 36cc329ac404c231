import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import { clipGradient, relu6Gradient } from '../src/clip-gradient.ts';
import { type Installation, install } from '../src/install.ts';
import { reluGradient } from '../src/relu-gradient.ts';
import { composed } from '../src/wasm/composed/index.ts';
import { identity } from '../src/wasm/identity.ts';
import { handWritten } from '../src/wasm/kernels/index.ts';
import { oneHot } from '../src/wasm/one-hot.ts';

const clipped = [clipGradient, relu6Gradient];

/** Declares tests on wasm with each set of kernels: composed of stock ones, and written by hand. */
export function describeWasm(body: () => void): void {
  describe.each([
    { set: 'composed', kernels: [identity, oneHot, ...composed], gradients: clipped },
    {
      set: 'hand-written',
      kernels: [identity, oneHot, ...handWritten],
      gradients: [reluGradient, ...clipped],
    },
  ])('$set kernels', (replacements) => {
    let installation: Installation;
    beforeAll(async () => {
      await tf.setBackend('wasm');
      installation = install('wasm', replacements);
    });
    afterAll(() => installation.restore());
    body();
  });
}

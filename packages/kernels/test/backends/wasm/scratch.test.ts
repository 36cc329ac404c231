import { diversify } from '@fbsd/fdm';
import { topKMean } from '@fbsd/topk-pool';
import { jest } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import { allocate, free, type WasmBackend } from '../../../src/backends/wasm/backend.ts';
import { moduleOf, type WasmModule } from '../../../src/backends/wasm/module.ts';
import { type Acceleration, accelerate } from '../../../src/index.ts';
import * as batchNorm from '../../../src/ops/batch-norm-kernels.ts';
import { random } from '../../support/reference.ts';

const GUARD = 256;
const MARK = 0x5a;

/*
 * The WebAssembly module says how much memory its functions need. Here each area is exactly as large as what
 * was asked for, with marked bytes before and behind it: a function that needs more changes them.
 */
let acceleration: Acceleration;
let module: WasmModule;
beforeAll(async () => {
  await tf.setBackend('wasm');
  acceleration = accelerate();
  module = moduleOf(tf.backend());
});
afterAll(() => acceleration.restore());

/** Runs kernels on guarded memory; returns how many areas there were, and where a guard was changed. */
function guarded(run: () => void): { areas: number; broken: string[] } {
  const backend = tf.backend() as WasmBackend;
  const broken: string[] = [];
  let areas = 0;
  let last = { address: 0, sizes: [] as number[] };
  const bytes = (address: number) => new Uint8Array(module.floats(0, 1).buffer, address, GUARD);
  const check = () => {
    let at = last.address;
    for (const [i, size] of [...last.sizes, 0].entries()) {
      if (!bytes(at).every((byte) => byte === MARK))
        broken.push(`before area ${i} of ${last.sizes}`);
      at += GUARD + size;
    }
    free(backend, last.address);
  };
  const scratch = (...sizes: number[]): number[] => {
    if (last.address) check();
    areas += sizes.length;
    const address = allocate(
      backend,
      sizes.reduce((sum, size) => sum + GUARD + size, GUARD),
    );
    last = { address, sizes };
    let at = address;
    return [...sizes, 0].map((size) => {
      bytes(at).fill(MARK);
      const area = at + GUARD;
      at = area + size;
      return area;
    });
  };
  module.scratch = scratch as typeof module.scratch;
  try {
    run();
    if (last.address) check();
  } finally {
    Reflect.deleteProperty(module, 'scratch');
  }
  return { areas, broken };
}

const withGradients = (f: (...xs: tf.Tensor[]) => tf.Tensor, xs: tf.Tensor[]) =>
  tf.tidy(() => tf.dispose(tf.grads(f)(xs)));

const convolution =
  (image: number[], filter: number[], strides: number, dilations = 1): (() => void) =>
  () => {
    const conv = (x: tf.Tensor, w: tf.Tensor) =>
      tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, 'same', 'NHWC', dilations);
    const xs = [random('x', image), random('w', filter)];
    if (dilations > 1) tf.dispose(conv(...(xs as [tf.Tensor, tf.Tensor])));
    else withGradients(conv, xs);
  };

const channels = (n: number) => random<tf.Tensor1D>('channels', [n]);

test.each<[string, () => void]>([
  ['3×3, odd channels', convolution([2, 9, 7, 5], [3, 3, 5, 9], 1)],
  ['3×3, stride 2', convolution([2, 9, 7, 5], [3, 3, 5, 9], 2)],
  ['7×7, wide', convolution([1, 12, 40, 33], [7, 7, 33, 3], 1)],
  ['3×3, dilated', convolution([1, 12, 12, 6], [3, 3, 6, 6], 1, 2)],
  ['1×1, as many positions as a block', convolution([1, 16, 16, 130], [1, 1, 130, 31], 1)],
  ['Winograd, many tiles', convolution([3, 33, 30, 16], [3, 3, 16, 24], 1)],
  ['Winograd, few tiles', convolution([1, 9, 8, 64], [3, 3, 64, 48], 1)],
  ['Winograd, one block of tiles', convolution([1, 16, 16, 32], [3, 3, 32, 16], 1)],
  [
    'depthwise',
    () =>
      withGradients(
        (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'),
        [random('x', [2, 6, 5, 5]), random('w', [3, 3, 5, 2])],
      ),
  ],
  [
    'matrix product',
    () =>
      withGradients(
        (a, b) => tf.matMul(a, b),
        [random('a', [2, 70, 300]), random('b', [2, 300, 19])],
      ),
  ],
  ['moments', () => tf.dispose(batchNorm.moments(random('x', [999, 33])))],
  [
    'batch norm and its gradient',
    () => {
      const [x, c] = [random('x', [40, 7]), channels(7)];
      const attrs = { epsilon: 1e-5, residual: false };
      tf.dispose(batchNorm.normalize(x, c, c, c, c, undefined, { epsilon: 1e-5, relu: true }));
      tf.dispose({ ...batchNorm.backward(x, x, c, tf.abs(c), c, x, attrs) });
      tf.dispose(batchNorm.normalizeBackward(x, x, c, tf.abs(c), c, x, attrs));
    },
  ],
  ['top-k', () => withGradients((x) => topKMean(x, { k: 7 }), [random('x', [3, 4, 5, 9])])],
  [
    'diversify',
    () =>
      withGradients(
        (a, b) => tf.addN(diversify([a, b]).map((z) => tf.sum(z))),
        [random('a', [2, 5, 7, 6]), random('b', [2, 3, 3, 6])],
      ),
  ],
  ['concatenation', () => tf.dispose(tf.concat([random('a', [3, 5]), random('b', [3, 2])], 1))],
])('%s stays in its memory', (_, run) => {
  const { areas, broken } = guarded(run);
  expect(broken).toEqual([]);
  expect(areas).toBeGreaterThan(0);
});

test('a function that writes beyond its area is found', () => {
  const { broken } = guarded(() => {
    const [area] = module.scratch(64);
    module.integers(area, 17).fill(1);
  });
  expect(broken).toEqual(['before area 1 of 64']);
});

test('the records of convolutions are as long as what is written there', () => {
  const written: number[] = [];
  const write = jest.spyOn(module, 'writeIntegers').mockImplementation((address, values) => {
    written.push(4 * values.length);
    module.integers(address, values.length).set(values);
  });
  const x = random('x', [1, 6, 6, 3]) as tf.Tensor4D;
  tf.dispose(tf.conv2d(x, random('w', [3, 3, 3, 4]) as tf.Tensor4D, 1, 'same'));
  expect(written).toEqual([module.sizes.convolutionBytes()]);
  withGradients(
    (w) => tf.depthwiseConv2d(x, w as tf.Tensor4D, 1, 'same'),
    [random('w', [3, 3, 3, 1])],
  );
  expect(written.at(-1)).toBe(module.sizes.depthwiseBytes());
  write.mockRestore();
});

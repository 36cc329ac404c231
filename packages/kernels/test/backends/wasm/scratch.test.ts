import { diversify } from '@fbsd/fdm';
import { topKMean } from '@fbsd/topk-pool';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import type { WasmBackend } from '../../../src/backends/wasm/backend.ts';
import { moduleOf, type WasmModule } from '../../../src/backends/wasm/module.ts';
import { type Acceleration, accelerate } from '../../../src/index.ts';
import * as batchNorm from '../../../src/ops/batch-norm-kernels.ts';
import { guardMemory } from '../../support/guarded-memory.ts';
import { random } from '../../support/reference.ts';

/*
 * The WebAssembly module says how much memory its functions need. Here each area is exactly as large as what
 * was asked for, with guards before and behind it.
 */
let acceleration: Acceleration;
let module: WasmModule;
beforeAll(async () => {
  await tf.setBackend('wasm');
  acceleration = accelerate();
  module = moduleOf(tf.backend());
});
afterAll(() => acceleration.restore());

/** Runs kernels on guarded memory. */
function guarded(run: () => tf.Tensor[]) {
  const memory = guardMemory(tf.backend() as WasmBackend, module);
  try {
    const numbers = tf.tidy(() => run().every((x) => x.dataSync().every(Number.isFinite)));
    return { areas: memory.areas, broken: memory.broken(), numbers };
  } finally {
    memory.restore();
  }
}

const withGradients =
  <T extends tf.Tensor>(f: (...xs: T[]) => tf.Tensor, ...shapes: number[][]) =>
  (): tf.Tensor[] => {
    const xs = shapes.map((shape, i) => random<T>(`x${i}`, shape));
    return [f(...xs), ...tf.grads(f as (...xs: tf.Tensor[]) => tf.Tensor)(xs)];
  };

const convolution = (image: number[], filter: number[], strides: number) =>
  withGradients<tf.Tensor4D>(
    (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, 'same'),
    image,
    filter,
  );

const channels = (n: number) => random<tf.Tensor1D>('channels', [n]);

const cases: [string, () => tf.Tensor[]][] = [
  ['3×3, odd channels', convolution([2, 9, 7, 5], [3, 3, 5, 9], 1)],
  ['3×3, stride 2', convolution([2, 9, 7, 5], [3, 3, 5, 9], 2)],
  ['7×7, wide', convolution([1, 12, 40, 33], [7, 7, 33, 3], 1)],
  [
    '3×3, dilated',
    () => [
      tf.conv2d(
        random<tf.Tensor4D>('x', [1, 12, 12, 6]),
        random<tf.Tensor4D>('w', [3, 3, 6, 6]),
        1,
        'same',
        'NHWC',
        2,
      ),
    ],
  ],
  ['1×1, as many positions as a block', convolution([1, 16, 16, 130], [1, 1, 130, 31], 1)],
  ['Winograd, many tiles', convolution([3, 33, 30, 16], [3, 3, 16, 24], 1)],
  ['Winograd, few tiles', convolution([1, 9, 8, 64], [3, 3, 64, 48], 1)],
  ['Winograd, one block of tiles', convolution([1, 16, 16, 32], [3, 3, 32, 16], 1)],
  [
    'depthwise',
    withGradients<tf.Tensor4D>(
      (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'),
      [2, 6, 5, 5],
      [3, 3, 5, 2],
    ),
  ],
  [
    'matrix product',
    withGradients((a, b) => tf.matMul(a as tf.Tensor, b as tf.Tensor), [2, 70, 300], [2, 300, 19]),
  ],
  ['moments', () => [batchNorm.moments(random('x', [999, 33]))]],
  [
    'batch norm and its gradient',
    () => {
      const [x, c] = [random('x', [40, 7]), channels(7)];
      const attrs = { epsilon: 1e-5, residual: false };
      return [
        batchNorm.normalize(x, c, tf.abs(c), c, c, undefined, { epsilon: 1e-5, relu: true }),
        ...Object.values(batchNorm.backward(x, x, c, tf.abs(c), c, x, attrs)),
        ...batchNorm.normalizeBackward(x, x, c, tf.abs(c), c, x, attrs),
      ];
    },
  ],
  ['top-k', withGradients((x) => topKMean(x as tf.Tensor, { k: 7 }), [3, 4, 5, 9])],
  [
    'diversify',
    withGradients(
      (...maps) => tf.addN(diversify(maps).map((z) => tf.sum(z))),
      [2, 5, 7, 6],
      [2, 300, 6],
    ),
  ],
  [
    'diversify, more positions than are multiplied at a time',
    withGradients(
      (...maps) => tf.addN(diversify(maps).map((z) => tf.sum(z))),
      [1, 1200, 3],
      [1, 200, 3],
    ),
  ],
  ['sums over rows', () => [tf.sum(random('x', [2, 70_000, 5]), 1)]],
  ['concatenation', () => [tf.concat([random('a', [3, 5]), random('b', [3, 2])], 1)]],
];

test.each(cases)('%s stays in its memory', (_, run) => {
  const { areas, broken, numbers } = guarded(run);
  expect(broken).toEqual([]);
  expect(numbers).toBe(true);
  expect(areas).toBeGreaterThan(0);
});

test('a function that writes beyond its area is found', () => {
  const { broken } = guarded(() => {
    const [area] = module.scratch(64);
    module.integers(area, 17).fill(1);
    return [];
  });
  expect(broken).toEqual(['before area 1 of 64']);
});

test('a kernel that writes beyond a tensor, or leaves values unwritten, is found', () => {
  const { broken, numbers } = guarded(() => {
    const y = module.output([3]);
    module.floats(module.address(y), 4).set([1, 2], 2);
    return [tf.engine().makeTensorFromTensorInfo(y)];
  });
  expect(broken).toEqual(['behind a tensor of 12 bytes']);
  expect(numbers).toBe(false);
});

test('sizes above 2 GiB are not negative', () => {
  expect(module.sizes.panelBytes(2 ** 15, 2 ** 14 + 8)).toBe(2 ** 31 + 2 ** 20);
});

describe('a size that is one value too small is found', () => {
  type Size = (...args: number[]) => number;
  const names = [
    'columnSumsScratchBytes',
    'convolutionBytes',
    'convolveFewTilesScratchBytes',
    'convolveScratchBytes',
    'convolveTilesScratchBytes',
    'depthwiseBytes',
    'filterGradientOfTilesScratchBytes',
    'filterGradientScratchBytes',
    'matricesBytes',
    'momentsScratchBytes',
    'multiplyPackedScratchBytes',
    'multiplyScratchBytes',
    'panelBytes',
    'topKMeanScratchBytes',
    'transformWholeFilterScratchBytes',
  ];

  test.each(names)('%s', (name) => {
    const sizes = module.sizes as unknown as Record<string, Size>;
    const right = sizes[name] as Size;
    sizes[name] = (...args) => right(...args) - 4;
    try {
      const found = cases.filter(([, run]) => {
        const { broken, numbers } = guarded(run);
        return broken.length > 0 || !numbers;
      });
      expect(found).not.toEqual([]);
    } finally {
      sizes[name] = right;
    }
  });

  test('these are all', () => {
    const exported = Object.keys(module.sizes).filter((name) => name.endsWith('Bytes'));
    expect(exported.sort()).toEqual(names);
  });
});

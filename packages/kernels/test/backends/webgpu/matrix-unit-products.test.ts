import { expectNoLeak } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import { DIRECTIVES, float16 } from '../../../src/backends/webgpu/products/float16.ts';
import { placesAt } from '../../../src/backends/webgpu/products/operand.ts';
import { tiledProduct } from '../../../src/backends/webgpu/products/tiled-product.ts';
import {
  type Convolution,
  convolutions,
  fusedConvolution,
  winogradConvolutions,
} from '../../support/convolutions.ts';
import { cases, valuesAndGradients } from '../../support/diversify-cases.ts';
import { expectAsOnCpu, random, read } from '../../support/reference.ts';
import { describeMatrixUnits } from '../../support/webgpu.ts';

const apply =
  ({ strides, pad }: Convolution) =>
  (x: tf.Tensor, filter: tf.Tensor) =>
    tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad);

/** A convolution and its gradients, of operands that are scaled by these factors. */
function valueAndGradients(c: Convolution, scales = { x: 1, filter: 1, dy: 1 }): tf.Tensor[] {
  const x = tf.mul(random('x', [...c.x]), scales.x);
  const filter = tf.mul(random('filter', [...c.filter]), scales.filter);
  const y = apply(c)(x, filter);
  const dy = tf.mul(random('dy', y.shape), scales.dy);
  return [y, ...tf.grads(apply(c))([x, filter], dy)];
}

/** In the large tiles there are several matrices of a subgroup side by side. */
const LARGE: Convolution = {
  x: [1, 128, 256, 4],
  filter: [1, 1, 4, 68],
  strides: 1,
  pad: 'valid',
};

const PRECISIONS = [
  { precision: 'float16x3', tolerance: { rtol: 1e-5, atol: 1e-5 } },
  { precision: 'float16', tolerance: { rtol: 5e-3, atol: 2e-2 } },
] as const;

for (const { precision, tolerance } of PRECISIONS) {
  describeMatrixUnits('products', precision, () => {
    test.each([...convolutions, ...winogradConvolutions])(
      'conv2d $x * $filter strides $strides pad $pad and its gradients',
      async (c) => {
        await expectAsOnCpu(() => valueAndGradients(c), tolerance);
      },
    );

    test('in the large tiles', async () => {
      await expectAsOnCpu(() => {
        const [x, filter] = [random('x', LARGE.x), random('filter', LARGE.filter)];
        return [apply(LARGE)(x, filter)];
      }, tolerance);
    });

    test('fused with bias and ReLU, value and gradients', async () => {
      await expectAsOnCpu(() => fusedConvolution('relu', { size: 3, strides: 2 }), tolerance);
    });

    test.each(cases.map((shapes) => ({ shapes })))(
      'diversify, values and gradients of $shapes',
      async ({ shapes }) => {
        await expectAsOnCpu(() => valuesAndGradients(shapes), tolerance);
      },
    );

    test('neither large nor small operands are lost', async () => {
      const c = convolutions[11] as Convolution;
      const plain = await read(() => valueAndGradients(c));
      const powers = { x: 2 ** 20, filter: 2 ** -40, dy: 2 ** -60 };
      const [y, dx, dfilter] = await read(() => valueAndGradients(c, powers));
      // Powers of two change nothing but the exponents.
      const scaled = [
        [y, powers.x * powers.filter],
        [dx, powers.filter * powers.dy],
        [dfilter, powers.x * powers.dy],
      ] as const;
      scaled.forEach(([values, power], i) => {
        const back = Array.from(values?.data ?? [], (value) => value / power);
        expect(back).toEqual(Array.from(plain[i]?.data ?? []));
      });
    });

    test('operands of zeros give zeros, one that is not finite shows', async () => {
      const [zeros, infinite] = await read(() => {
        const x = tf.zeros<tf.Rank.R4>([1, 4, 4, 8]);
        const one = tf.tensor4d([Number.POSITIVE_INFINITY, ...Array(127).fill(1)], [1, 4, 4, 8]);
        const filter = random<tf.Tensor4D>('filter', [1, 1, 8, 8]);
        return [tf.conv2d(x, filter, 1, 'same'), tf.conv2d(one, filter, 1, 'same')];
      });
      expect(Array.from(zeros?.data ?? [])).toEqual(Array(128).fill(0));
      expect(Number.isFinite(infinite?.data[0])).toBe(false);
      expect(Number.isFinite(infinite?.data[8])).toBe(true);
    });

    test('leave no tensor behind', () => {
      const c = convolutions[3] as Convolution;
      expectNoLeak(() => tf.tidy(() => valueAndGradients(c)));
    });
  });
}

describeMatrixUnits('a long sum', 'float16x3', () => {
  test('is as exact as that of float32', async () => {
    const [rows, depth, columns] = [32, 4608, 48];
    const [x, filter] = await read(() => [
      random('x', [1, rows, 1, depth]),
      random('filter', [1, 1, depth, columns]),
    ]);
    const [y] = await read(() => [
      tf.conv2d(
        random<tf.Tensor4D>('x', [1, rows, 1, depth]),
        random<tf.Tensor4D>('filter', [1, 1, depth, columns]),
        ...([1, 'valid'] as const),
      ),
    ]);
    let largest = 0;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let [sum, magnitude] = [0, 0]; // in double precision
        for (let k = 0; k < depth; k++) {
          const term =
            (x?.data[i * depth + k] as number) * (filter?.data[k * columns + j] as number);
          sum += term;
          magnitude += Math.abs(term);
        }
        const error = Math.abs((y?.data[i * columns + j] as number) - sum);
        largest = Math.max(largest, error / magnitude);
      }
    }
    expect(largest).toBeGreaterThan(0);
    // Float32 in the order of the other shader comes to 2.4e-7, float16 to 2e-5.
    expect(largest).toBeLessThan(4e-7);
  });
});

describeMatrixUnits('the shader', 'float16x3', () => {
  // What this driver has not, as NVIDIA's units: whether it is right WGSL can be told all the same.
  const units = { parts: 2, M: 16, N: 16, K: 16, threads: 32, rows: 4, columns: 2 } as const;
  const places = placesAt('64 * place + k');
  const result = `fn tile(group: vec3<u32>) -> Tile { return Tile(0, 0, 0, 64); }
fn lineOf(row: i32) -> i32 { return 64 * row; }
fn store(line: i32, column: i32, value: vec4<f32>) { y[(line + column) / 4] = value; }`;
  const arrays = ['read> x: array<f32>', 'read> w: array<f32>', 'read> maxima: array<f32>'];
  const bindings = [...arrays, 'read_write> y: array<vec4<f32>>'].map(
    (array, i) => `@group(0) @binding(${i}) var<storage, ${array};`,
  );

  test.each([
    [64, 1, 32768],
    [64, 2, 49152],
    [128, 1, 32768],
    [128, 2, 65536],
  ] as const)('for units of 16×16×16, tiles of %d, %d stages', async (side, stages, bytes) => {
    const limits = { maxComputeWorkgroupStorageSize: bytes };
    const device = { limits } as GPUDevice;
    const arithmetic = float16(device, side, { A: 'depth', B: 'across' }, units);
    expect(arithmetic.stages).toBe(stages);
    const a = { array: 'x', contiguous: 'depth', places } as const;
    const b = { array: 'w', contiguous: 'across', places } as const;
    const code = [DIRECTIVES, ...bindings, tiledProduct({ side, result, a, b }, arithmetic)].join(
      '\n',
    );
    const { messages } = await (tf.backend() as unknown as { device: GPUDevice }).device
      .createShaderModule({ code })
      .getCompilationInfo();
    expect(messages.map(({ message }) => message)).toEqual([]);
  });
});

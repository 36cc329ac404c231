import { diversify } from '@fbsd/fdm';
import { expectClose, expectNoLeak } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { type Acceleration, accelerate } from '../../../src/index.ts';
import {
  cases,
  gradientsOf,
  positionOfZeros,
  valuesAndGradients,
} from '../../support/diversify-cases.ts';
import { expectAsOnCpu, random } from '../../support/reference.ts';
import { guardKernels } from '../../support/wasm.ts';

describe('diversify of @fbsd/fdm on accelerated wasm', () => {
  let acceleration: Acceleration;
  beforeAll(async () => {
    await tf.setBackend('wasm');
    acceleration = accelerate();
  });
  afterAll(() => acceleration.restore());
  guardKernels();

  test('runs our kernels', () => {
    expect(acceleration.kernels).toEqual(
      expect.arrayContaining(['FbsdDiversify', 'FbsdDiversifyGradient']),
    );
  });

  test.each(cases.map((shapes) => ({ shapes })))(
    'values and gradients of $shapes equal those of cpu',
    async ({ shapes }) => {
      await expectAsOnCpu(() => valuesAndGradients(shapes));
    },
  );

  test('with matrices too large for all images at once equal those of the stock kernels', () => {
    const shapes = [
      [3, 3000, 2],
      [3, 1500, 2],
    ];
    const read = () => tf.tidy(() => valuesAndGradients(shapes).map((x) => x.dataSync()));
    const ours = read();
    acceleration.restore();
    const expected = read();
    acceleration = accelerate();
    ours.forEach((data, i) => {
      const shape = shapes[i % 2] as number[];
      expectClose({ shape, data }, { shape, data: expected[i] as Float32Array });
    });
  });

  test('what is added is right at its own scale, far below that of the maps', () => {
    const maps = [784, 196, 49].map((size, i) => {
      const x = random(`map ${i}`, [1, size, 48]);
      return tf.tidy(() => tf.add(tf.abs(x), 1)); // between 1 and 2, where all digits weigh 2⁻²³
    });
    const added = (scale: number) =>
      tf.tidy(() => diversify(maps, { scale }).map((z, i) => tf.sub(z, maps[i] as tf.Tensor)));
    const ours = added(1e-4).map((x) => x.dataSync());
    acceleration.restore();
    const expected = tf.tidy(() => added(1).map((x) => tf.mul(x, 1e-4).dataSync()));
    acceleration = accelerate();
    ours.forEach((data, i) => {
      const { shape } = maps[i] as tf.Tensor;
      // Each of two other maps is added once.
      const tolerance = { rtol: 1e-4, atol: 2 * 2 ** -24 };
      expectClose({ shape, data }, { shape, data: expected[i] as Float32Array }, tolerance);
    });
    tf.dispose(maps);
  });

  test('a position of zeros has no direction', async () => {
    await expectAsOnCpu(positionOfZeros);
  });

  test('leaves no tensor behind', () => {
    const maps = [random('a', [2, 3, 3, 4]), random('b', [2, 2, 2, 4])];
    expectNoLeak(() => tf.tidy(() => gradientsOf(maps)));
    tf.dispose(maps);
  });
});

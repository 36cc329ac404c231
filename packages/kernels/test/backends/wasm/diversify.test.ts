import { diversify } from '@fbsd/fdm';
import { expectClose, expectNoLeak } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { type Acceleration, accelerate } from '../../../src/index.ts';
import { runFusedKernel } from '../../../src/registry/run-fused-kernel.ts';
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
      expect.arrayContaining(['FbsdDiversify', 'FbsdDiversifyGradient', 'FbsdSimilarities']),
    );
  });

  test.each(cases.map((shapes) => ({ shapes })))(
    'values and gradients of $shapes equal those of cpu',
    async ({ shapes }) => {
      await expectAsOnCpu(() => valuesAndGradients(shapes));
    },
  );

  test('an empty map changes nothing', async () => {
    await expectAsOnCpu(() =>
      valuesAndGradients([
        [2, 3, 4, 5],
        [2, 0, 4, 5],
        [2, 2, 2, 5],
      ]).filter(({ size }) => size > 0),
    );
  });

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

  describe('the similarities', () => {
    const shapes = [
      [2, 7, 5, 6],
      [2, 4, 3, 6],
      [2, 2, 2, 6],
    ];
    const values = 2 * (35 + 12 + 4 + 35 * 12 + 35 * 4 + 12 * 4); // norms and products

    /** Bytes that a diversification leaves, apart from what it gives. */
    const kept = (maps: tf.Tensor[]) => {
      const before = tf.memory().numBytes;
      const given = diversify(maps).reduce((bytes, { size }) => bytes + 4 * size, 0);
      return tf.memory().numBytes - before - given;
    };

    test('are kept while a gradient is recorded, and only then', () => {
      const maps = shapes.map((shape, i) => random(`map ${i}`, shape));
      expectNoLeak(() =>
        tf.tidy(() => {
          expect(kept(maps)).toBe(0);
          let bytes = 0;
          tf.grad((x) => {
            bytes = kept([x, ...maps.slice(1)]);
            return tf.sum(x);
          })(maps[0] as tf.Tensor);
          const ofMaps = maps.reduce((sum, { size }) => sum + 4 * size, 0); // which are kept, too
          expect(bytes).toBe(4 * values + ofMaps);
          expect(kept(maps)).toBe(0);
        }),
      );
      tf.dispose(maps);
    });

    test('that are computed again give the same bits', () => {
      const maps = shapes.map((shape, i) => random(`map ${i}`, shape));
      const dz = shapes.map((shape, i) => random(`dz ${i}`, shape));
      const [similarities] = runFusedKernel('FbsdSimilarities', maps, {});
      const factor = 0.7;
      const both = [
        runFusedKernel('FbsdDiversify', maps, { factor }),
        runFusedKernel('FbsdDiversify', [...maps, similarities], { factor, similarities: true }),
        runFusedKernel('FbsdDiversifyGradient', [...maps, ...dz], { factor }),
        runFusedKernel('FbsdDiversifyGradient', [...maps, ...dz, similarities], { factor }),
      ];
      const [z, fromKept, dx, fromKeptToo] = both.map((list) => list.map((x) => x.dataSync()));
      expect(fromKept).toEqual(z);
      expect(fromKeptToo).toEqual(dx);
      tf.dispose([maps, dz, similarities, both]);
    });
  });

  test('leaves no tensor behind', () => {
    const maps = [random('a', [2, 3, 3, 4]), random('b', [2, 2, 2, 4])];
    expectNoLeak(() => tf.tidy(() => gradientsOf(maps)));
    tf.dispose(maps);
  });
});

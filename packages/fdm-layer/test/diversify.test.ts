import { diversify } from '@fbsd/fdm';
import { describeBackends, expectNoLeak } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import { gradients, maps, row } from './maps.ts';

describeBackends('diversify', (backend) => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  describe('errors', () => {
    test.each([
      [[[1, 2, 2, 3]], 'expected at least 2 maps; got 1. Pass them as one list.'],
      [
        [
          [1, 2, 2, 3],
          [1, 2, 2, 4],
        ],
        'expected the same number of channels in every map; got [1,2,2,3] and map 1 of shape [1,2,2,4].',
      ],
      [
        [
          [1, 2, 2, 3],
          [2, 2, 2, 3],
        ],
        'expected the same batch in every map; got [1,2,2,3] and map 1 of shape [2,2,2,3].',
      ],
      [
        [
          [1, 2, 2, 3],
          [1, 3],
        ],
        'or [batch,positions,channels]; got map 1 of shape [1,3]. Reshape it.',
      ],
    ])('maps of shapes %j are refused', (shapes, message) => {
      const call = () => diversify(shapes.map((shape) => tf.zeros(shape)));
      expect(call).toThrow(RangeError);
      expect(call).toThrow(message);
    });
    test('another dtype is refused', () => {
      const call = () => diversify([tf.zeros([1, 2, 3]), tf.zeros([1, 2, 3], 'int32')]);
      expect(call).toThrow(TypeError);
      expect(call).toThrow('[@fbsd/fdm] diversify: expected float32 maps; got map 1 of int32.');
    });
    test.each([
      { gamma: Number.NaN },
      { scale: Number.POSITIVE_INFINITY },
      { gamma: '1' as never },
    ])('%j is refused', (options) => {
      const call = () => diversify(maps('options'), options);
      expect(call).toThrow(TypeError);
      expect(call).toThrow(/\[@fbsd\/fdm\] diversify: (gamma|scale) must be a finite number; got/);
    });
  });

  describe('kernel', () => {
    test('that of a backend is used instead of the fallback', () => {
      const inputs = maps('kernel');
      diversify(inputs); // registers the fallback
      const kernelName = 'FbsdDiversify';
      const fallback = tf.getKernel(kernelName, backend);
      const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) => {
        expect(attrs).toEqual({ factor: 0.5 });
        return (inputs as unknown as tf.Tensor[]).map((x) => tf.zerosLike(x));
      };
      tf.unregisterKernel(kernelName, backend);
      tf.registerKernel({ kernelName, backendName: backend, kernelFunc });
      try {
        const [z] = diversify(inputs, { gamma: 0.25, scale: 2 }) as [tf.Tensor];
        expect(new Set(z.dataSync())).toEqual(new Set([0]));
      } finally {
        tf.unregisterKernel(kernelName, backend);
        tf.registerKernel(fallback);
      }
    });
  });

  describe('memory', () => {
    const peak = async (shapes: number[][]) => {
      const inputs = maps('peak', shapes);
      const dy = row(inputs);
      const before = tf.memory().numBytes;
      const { peakBytes } = await tf.profile(() => gradients(diversify, inputs, dy));
      return peakBytes - before;
    };
    const matrix = 256 * 256 * 4; // bytes of the matrix between two maps of 16×16

    test('forward and backward leave nothing behind', () => {
      const inputs = maps('memory');
      const dy = row(maps('memory.dy'));
      expectNoLeak(() => diversify(inputs));
      expectNoLeak(() => gradients(diversify, inputs, dy));
    });
    test('the maps alone are kept for the backward pass', () => {
      const inputs = maps('kept', [
        [2, 8, 8, 2],
        [2, 8, 8, 2],
      ]);
      let kept = 0;
      tf.grads((...xs) => {
        const before = tf.memory().numBytes;
        const z = diversify(xs);
        kept = tf.memory().numBytes - before;
        return row(z);
      })(inputs);
      const bothMaps = 2 * 2 * 8 * 8 * 2 * 4;
      expect(kept).toBe(2 * bothMaps); // the outputs and what is kept
    });
    test('at most six matrices between positions live at once', async () => {
      const bytes = await peak(Array(3).fill([1, 16, 16, 1]));
      expect(bytes).toBeGreaterThan(3 * matrix);
      expect(bytes).toBeLessThan(7 * matrix);
    });
    if (backend === 'wasm') {
      test('a batch needs the matrices of one image', async () => {
        expect(await peak(Array(2).fill([4, 16, 16, 1]))).toBeLessThan(7 * matrix);
      });
    }
  });
});

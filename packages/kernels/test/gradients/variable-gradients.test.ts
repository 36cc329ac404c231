import { describeBackends, expectClose, expectNoLeak } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of the stock ops
import { variableGradients } from '../../src/index.ts';
import { random } from '../support/reference.ts';

type Loss = (w: tf.Variable, v: tf.Variable) => tf.Tensor;

const shiftGradient = tf.customGrad((x) => ({
  value: tf.add(x as tf.Tensor, 1),
  gradFunc: (dy: tf.Tensor) => dy, // the very tensor that it was given
}));
const addGradient = tf.customGrad((a, b) => ({
  value: tf.add(a as tf.Tensor, b as tf.Tensor),
  gradFunc: (dy: tf.Tensor) => [dy, dy],
}));
const savedAsGradient = tf.customGrad((x, save) => {
  (save as tf.GradSaveFunc)([x as tf.Tensor]);
  return { value: tf.square(x as tf.Tensor), gradFunc: (_, [saved]) => saved as tf.Tensor };
});

const losses: Record<string, Loss> = {
  'a chain': (w) => tf.exp(tf.neg(tf.square(w))),
  'a tensor used twice by one op': (w) => tf.mul(w, w),
  'a diamond': (w, v) => {
    const x = tf.mul(w, v);
    return tf.add(tf.sigmoid(x), tf.mul(tf.tanh(x), x));
  },
  'outputs that are not used': (w) => tf.square(tf.split(tf.exp(w), 3)[1] as tf.Tensor),
  'all outputs of an op': (w) => {
    const [a, b, c] = tf.unstack(tf.square(w)) as [tf.Tensor, tf.Tensor, tf.Tensor];
    return tf.add(tf.mul(a, b), c);
  },
  'a gradient that is the upstream gradient': (w, v) =>
    tf.mul(shiftGradient(tf.square(w)), shiftGradient(tf.exp(v))),
  'a gradient that is a saved tensor': (w, v) => tf.add(savedAsGradient(tf.square(w)), tf.exp(v)),
  'one tensor as the gradient of two': (w, v) => addGradient(tf.square(w), tf.exp(v)),
  'a sum of two, both of which hand on their gradient': (w, v) =>
    tf.addN([shiftGradient(w), shiftGradient(w), shiftGradient(v)]),
  'a gradient within': (w, v) => tf.mul(v, tf.grad((x) => tf.mul(tf.square(x), x))(w)),
  'ops that do not reach the loss': (w, v) => {
    tf.exp(tf.mul(w, v));
    return tf.square(w);
  },
};

/** Which variables' gradients are shown before the backward pass ends, the first ones first. */
const SHOWN: Record<string, string> = {
  'a chain': 'w',
  'a tensor used twice by one op': '',
  'a diamond': 'wv',
  'outputs that are not used': 'w',
  'all outputs of an op': 'w',
  'a gradient that is the upstream gradient': 'vw',
  'a gradient that is a saved tensor': 'vw',
  'one tensor as the gradient of two': 'vw',
  'a sum of two, both of which hand on their gradient': 'v',
  'a gradient within': 'v',
  'ops that do not reach the loss': 'w',
};

describeBackends('variableGradients', () => {
  let w: tf.Variable;
  let v: tf.Variable;
  beforeEach(() => {
    w = tf.tidy(() => tf.variable(random('w', [3, 4])));
    v = tf.tidy(() => tf.variable(random('v', [3, 4])));
  });
  afterEach(() => tf.dispose([w, v]));

  describe.each(Object.keys(losses))('of %s', (name) => {
    const f = () => tf.sum((losses[name] as Loss)(w, v)) as tf.Scalar;

    test('equal those of tf.variableGrads', () => {
      const expected = tf.variableGrads(f, [w, v]);
      const actual = variableGradients(f, [w, v]);
      expectClose(actual.value, expected.value);
      expect(Object.keys(actual.grads)).toEqual(Object.keys(expected.grads));
      for (const [key, gradient] of Object.entries(expected.grads)) {
        expectClose(actual.grads[key] as tf.Tensor, gradient);
      }
      tf.dispose([actual, expected]);
    });

    test('are shown as they come, where one op reads the variable', () => {
      const shown = new Map<string, number[]>();
      const { value, grads } = variableGradients(f, [w, v], (name, gradient) => {
        expect(shown.has(name)).toBe(false);
        shown.set(name, [...gradient.dataSync()]);
      });
      for (const [key, values] of shown) {
        expect(values).toEqual([...(grads[key] as tf.Tensor).dataSync()]);
      }
      expect([...shown.keys()].map((key) => (key === w.name ? 'w' : 'v')).join('')).toBe(
        SHOWN[name],
      );
      tf.dispose([value, grads]);
    });

    test('leave nothing behind', () => {
      expectNoLeak(() => variableGradients(f, [w, v]));
    });
  });

  test('twice in a row, and without naming the variables', () => {
    const f = () => tf.sum(tf.square(w)) as tf.Scalar;
    for (let i = 0; i < 2; i++) {
      const { value, grads } = variableGradients(f);
      expectClose(
        grads[w.name] as tf.Tensor,
        tf.tidy(() => tf.mul(w, 2)),
      );
      tf.dispose([value, grads]);
    }
  });

  test('are shown where an op has the gradient of an input that it was not given', () => {
    const kernelName = 'TestWithOptionalInput';
    tf.registerKernel({
      kernelName,
      backendName: tf.getBackend(),
      kernelFunc: ({ inputs, backend }) => {
        const { dataId, shape, dtype } = inputs['x'] as tf.TensorInfo;
        (backend as tf.KernelBackend).incRef(dataId);
        return { dataId, shape, dtype };
      },
    });
    const gradFunc = (dy: tf.Tensor | tf.Tensor[]) => {
      const dx = () => tf.clone(dy as tf.Tensor);
      return { x: dx, bias: dx };
    };
    tf.registerGradient({ kernelName, gradFunc });
    const shown: string[] = [];
    const f = () => tf.sum(tf.engine().runKernel(kernelName, { x: w }) as tf.Tensor) as tf.Scalar;
    const { value, grads } = variableGradients(f, [w], (name) => shown.push(name));
    expect(shown).toEqual([w.name]);
    tf.dispose([value, grads]);
    tf.unregisterGradient(kernelName);
    tf.unregisterKernel(kernelName, tf.getBackend());
  });

  test('a loss that no variable reaches is refused as by tf.variableGrads', () => {
    const f = () => tf.scalar(1);
    const message = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return (error as Error).message;
      }
      return 'no error';
    };
    const expected = message(() => tf.variableGrads(f, [w]));
    expect(expected).toContain('Cannot find a connection');
    expect(message(() => variableGradients(f, [w]))).toBe(expected);
  });

  test.each(['forward', 'backward'])('an error in the %s pass leaves nothing behind', (pass) => {
    const w = tf.tidy(() => tf.variable(random('w', [3, 3])));
    const failing = tf.customGrad((x) => {
      if (pass === 'forward') throw new RangeError('full');
      return {
        value: tf.clone(x as tf.Tensor),
        gradFunc: () => {
          throw new RangeError('full');
        },
      };
    });
    const f = () => tf.sum(tf.square(failing(tf.exp(tf.matMul(tf.square(w), w))))) as tf.Scalar;
    const held = () => [tf.memory().numTensors, tf.backend().numDataIds()];
    const before = held();
    expect(() => tf.tidy(() => variableGradients(f, [w]))).toThrow('full');
    expect(held()).toEqual(before);
    const { value, grads } = variableGradients(() => tf.sum(tf.square(w)) as tf.Scalar, [w]);
    tf.dispose([value, grads]);
    w.dispose();
  });

  test('need less memory than those of tf.variableGrads', () => {
    const x = random('x', [64, 64]);
    const square = tf.tidy(() => tf.variable(random('square', [64, 64])));
    // The gradient of the first op comes last: what is alive then is what the pass held.
    const aliveAtTheEnd = (gradients: typeof variableGradients) => {
      let bytes = 0;
      const watched = tf.customGrad((input) => ({
        value: tf.clone(input as tf.Tensor),
        gradFunc: (dy: tf.Tensor) => {
          bytes = tf.memory().numBytes;
          return tf.clone(dy);
        },
      }));
      const before = tf.memory().numBytes;
      const f = () => {
        let y: tf.Tensor = tf.matMul(x, watched(square));
        for (let i = 0; i < 10; i++) y = tf.sigmoid(tf.matMul(y, square));
        return tf.sum(y) as tf.Scalar;
      };
      tf.dispose(gradients(f, [square]));
      return bytes - before;
    };
    const matrix = 64 * 64 * 4;
    expect(aliveAtTheEnd(tf.variableGrads)).toBeGreaterThan(20 * matrix);
    expect(aliveAtTheEnd(variableGradients)).toBeLessThan(6 * matrix);
    tf.dispose([x, square]);
  });
});

// What tfjs-core's tests find in their own test utilities, in Jasmine, and in the whole of tfjs.
const tf = require('@tensorflow/tfjs-core');
const { EXCLUDED } = require('./excluded.cjs');

expect.extend({
  nothing: () => ({ pass: true, message: () => '' }),
  toThrowError(received, expected) {
    try {
      expect(received).toThrow(expected);
    } catch ({ message }) {
      return { pass: false, message: () => message };
    }
    return { pass: true, message: () => `expected not to throw ${expected ?? ''}` };
  },
});

// Ops as methods: x.sum() for tf.sum(x).
for (const [name, op] of Object.entries(tf)) {
  if (typeof op !== 'function' || name in tf.Tensor.prototype) continue;
  tf.Tensor.prototype[name] = function (...args) {
    return op(this, ...args);
  };
}
// But x.concat(y) or x.concat([y, z]) for tf.concat([x, y, z]).
tf.Tensor.prototype.concat = function (others, axis) {
  return tf.concat([this, ...(others instanceof tf.Tensor ? [others] : others)], axis);
};

exports.expectArraysClose = tf.test_util.expectArraysClose;
exports.expectArraysEqual = tf.test_util.expectArraysEqual;
exports.ALL_ENVS = {};
globalThis.jasmine = {}; // a suite sets its timeout there

/** A suite on the current backend. Tests that are excluded must fail, or the list is out of date. */
exports.describeWithFlags = (suite, _constraints, tests) => {
  const { it } = globalThis;
  describe(suite, () => {
    beforeEach(() => tf.engine().startScope());
    afterEach(() => {
      tf.engine().endScope();
      tf.engine().disposeVariables();
    });
    globalThis.it = (name, run) => {
      const excluded = EXCLUDED.some(({ test }) => test.test(`${suite} ${name}`));
      (excluded ? it.failing : it)(name, run);
    };
    try {
      tests({ name: 'wasm', backendName: 'wasm', isDataSync: true });
    } finally {
      globalThis.it = it;
    }
  });
};

import {
  chai,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';

// Jest's own `expect` needs Node; this one has the same matchers.
chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

/** @param {unknown} value @param {string} [message] */
const expect = (value, message) => {
  setState({ assertionCalls: 0 }, /** @type {any} */ (expect));
  return chai.expect(value, message);
};
Object.assign(expect, chai.expect);
Object.assign(globalThis, { [GLOBAL_EXPECT]: expect });

export { expect };

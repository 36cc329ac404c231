import { setFlagsFromString } from 'node:v8';
import { RELAXED_SIMD_FLAGS } from '@fbsd/testing';
import { compileFor, fastestVariant, isSupported } from '../../../src/backends/wasm/code.ts';

const shared = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
const own = new WebAssembly.Memory({ initial: 1, maximum: 2 });

describe.each([
  { memory: 'one thread', of: own },
  { memory: 'several threads', of: shared },
])('code for the memory of $memory', ({ of }) => {
  beforeAll(() => {
    for (const flag of RELAXED_SIMD_FLAGS) setFlagsFromString(flag);
  });
  afterAll(() => {
    for (const flag of RELAXED_SIMD_FLAGS) setFlagsFromString(flag.replace('--', '--no-'));
  });

  test.each(['SIMD', 'RELAXED_SIMD'] as const)('%s computes', (variant) => {
    const { exports } = new WebAssembly.Instance(compileFor(of, variant), { env: { memory: of } });
    const values = new Float32Array(of.buffer, 1024, 5);
    values.set([1, 2, 3, 4, 0]);
    (exports['rowSums'] as (...args: number[]) => void)(1024, 4, 0, 1, 1024 + 16);
    expect(values[4]).toBe(10);
  });

  test('the fastest is taken', () => {
    expect(isSupported()).toBe(true);
    expect(fastestVariant()).toBe('RELAXED_SIMD');
    const functions = WebAssembly.Module.exports(compileFor(of)).map(({ name }) => name);
    expect(functions).toContain('multiplyPacked');
  });
});

if (RELAXED_SIMD_FLAGS.length > 0) {
  test('without relaxed SIMD the other one', () => {
    expect(fastestVariant()).toBe('SIMD');
  });
}

import { isSoftware } from '../src/engine/backends/software.ts';
import { wantedIn } from '../src/engine/start-options.ts';

test.each([
  ['google swiftshader', true],
  [
    'ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)',
    true,
  ],
  ['mesa llvmpipe (LLVM 15.0.6, 256 bits)', true],
  ['Microsoft Basic Render Driver', true],
  ['microsoft warp', true],
  ['nvidia ampere', false],
  ['ANGLE (Apple, ANGLE Metal Renderer: Apple M2, Unspecified Version)', false],
  ['intel gen-12lp', false],
])('%s is a program on the CPU: %s', (name, expected) => {
  expect(isSoftware(name)).toBe(expected);
});

test('the address says what is wanted', () => {
  expect(wantedIn('')).toEqual({ options: { allowSoftware: false } });
  expect(wantedIn('?backend=webgl&software')).toEqual({
    backend: 'webgl',
    options: { allowSoftware: true },
  });
  expect(wantedIn('?backend=cuda&threads=2')).toEqual({
    options: { allowSoftware: false, threads: 2 },
  });
  expect(wantedIn('?threads=none')).toEqual({ options: { allowSoftware: false } });
});

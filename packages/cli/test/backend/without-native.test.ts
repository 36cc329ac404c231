import { createRequire } from 'node:module';
import { jest } from '@jest/globals';

/** What loading or starting @fbsd/native throws, where it is not there or cannot be used. */
let onLoad: Error | null = null;
let onStart = new Error();
jest.unstable_mockModule('@fbsd/native', () => {
  if (onLoad) throw onLoad;
  return {
    startNativeKernels() {
      throw onStart;
    },
  };
});
const { selectBackend } = await import('../../src/backend/select-backend.ts');
const { mayHaveGPU } = await import('../../src/backend/gpu-devices.ts');

/** Where `auto` has nothing but wasm to take. */
function onlyWasm(): boolean {
  const { resolve } = createRequire(import.meta.url);
  const there = ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'].some((name) => {
    try {
      return resolve(name) !== '';
    } catch {
      return false;
    }
  });
  return !there && !mayHaveGPU();
}
const testOnlyWasm = onlyWasm() ? test : test.skip;

const absent = Object.assign(new Error("Cannot find package '@fbsd/native' imported from x.js"), {
  code: 'ERR_MODULE_NOT_FOUND',
});
const unusable = Object.assign(new Error('[@fbsd/native] it is damaged. Install it anew'), {
  name: 'NoNativeError',
});

testOnlyWasm(
  'auto takes wasm where nothing else is installed, and says what is faster',
  async () => {
    onLoad = absent;
    const backend = await selectBackend('auto');
    expect(backend.name).toBe('wasm');
    expect(backend.description).toMatch(/^wasm \(WebAssembly on the CPU, \d+ threads?\)$/);
    expect(backend.advice).toMatch(/^faster: @fbsd\/native, .+#which-backend-for-which-machine$/);
  },
);

test('native is refused where it is not installed', async () => {
  onLoad = absent;
  await expect(selectBackend('native')).rejects.toThrow(
    '[fbsd] --backend native cannot start: native: @fbsd/native is not installed. Install it: npm install @fbsd/native. ' +
      'Use --backend auto to take what is there.',
  );
});

testOnlyWasm('auto takes wasm where native cannot be used, and says why in a line', async () => {
  onLoad = null;
  onStart = unusable;
  expect(await selectBackend('auto')).toMatchObject({
    name: 'wasm',
    advice: 'faster, but did not start: native: it is damaged. Install it anew',
  });
});

testOnlyWasm('bf16 is refused with what every backend that has it lacks', async () => {
  onLoad = null;
  onStart = Object.assign(new Error('[@fbsd/native] this CPU lacks it. Use float32 instead.'), {
    name: 'NoNativeError',
  });
  await expect(selectBackend('auto', 'bf16')).rejects.toThrow(
    /^\[fbsd\] --precision bf16 cannot start: native: this CPU lacks it; node: .+\. Use --precision float32\.$/,
  );
});

test('native that cannot be used is refused, with the reason', async () => {
  onLoad = null;
  onStart = unusable;
  await expect(selectBackend('native')).rejects.toThrow(
    '[fbsd] --backend native cannot start: native: it is damaged. Install it anew. Use --backend auto',
  );
});

import { createRequire } from 'node:module';
import { nativeSets } from '@fbsd/testing/native';
import { conv2d, getBackend, matMul, ones, sum, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { mayHaveGPU } from '../../src/backend/gpu-devices.ts';
import { selectBackend } from '../../src/backend/select-backend.ts';

const { resolve } = createRequire(import.meta.url);

const built = nativeSets().length > 0;

/** Tests of what happens without a package are skipped, by name, where it is installed. */
function without(name: 'node' | 'node-gpu') {
  try {
    resolve(`@tensorflow/tfjs-${name}`);
    return { test: test.skip, note: ` (tfjs-${name} is installed)` };
  } catch {
    return { test, note: '' };
  }
}

describe('selectBackend', () => {
  test('auto takes the native kernels where they were built', async () => {
    const { name, description, advice } = await selectBackend('auto');
    const here = without('node-gpu').note === '' && !mayHaveGPU() && built;
    if (here) expect(name).toBe('native');
    if (name === 'native') {
      expect(description).toMatch(
        /^native \((AVX-512|AVX2|NEON) kernels on the CPU, \d+ threads?\)$/,
      );
      expect(advice).toBeUndefined();
      expect(getBackend()).toBe('wasm'); // whose memory it computes on
    }
  });

  (built ? test : test.skip)('native and wasm take turns', async () => {
    for (const name of ['native', 'wasm', 'native', 'cpu', 'native', 'wasm'] as const) {
      expect((await selectBackend(name)).description).toMatch(new RegExp(`^${name} \\(`));
      const product = tidy(() => {
        const [x, filter]: [Tensor4D, Tensor4D] = [ones([1, 4, 4, 1]), ones([3, 3, 1, 1])];
        return sum(conv2d(x, filter, 1, 'valid')).dataSync();
      });
      expect(Array.from(product)).toEqual([36]);
    }
  });

  const has = (instructions: string | undefined) => (instructions ? test : test.skip);
  const [bfloat16] = nativeSets('bf16');

  has(bfloat16)('bf16 is for native where the CPU has it, in turn with float32', async () => {
    for (const precision of ['bf16', 'float32', 'bf16'] as const) {
      const { name, description } = await selectBackend('native', precision);
      expect(name).toBe('native');
      expect(description.endsWith(', bf16)')).toBe(precision === 'bf16');
      const column = [[1 + 2 ** -10], [2]];
      const product = tidy(() => matMul(column, [[1]]).dataSync());
      expect(Array.from(product)).toEqual([precision === 'bf16' ? 1 : 1 + 2 ** -10, 2]);
    }
    expect((await selectBackend('auto', 'bf16')).name).toBe('native');
  });

  test('starts again what was started before', async () => {
    expect((await selectBackend('cpu')).advice).toContain('--backend wasm');
    expect(getBackend()).toBe('cpu');
    expect((await selectBackend('wasm')).advice).toBeUndefined();
    expect(getBackend()).toBe('wasm');
  });

  test('webgpu runs on a CPU only where that is allowed, and says so', async () => {
    const selected = selectBackend('webgpu');
    // On a machine with a GPU it starts; without the packages or a driver the error says what is missing.
    await selected.then(
      ({ description }) => expect(description).toMatch(/^webgpu \(.+\)$/),
      (error: Error) =>
        expect(error.message).toMatch(
          /^\[fbsd\] --backend webgpu cannot start: webgpu: .*(allowSoftware: true|is not installed|no GPU was found)/,
        ),
    );
  });

  for (const name of ['node', 'node-gpu'] as const) {
    const { test: testRefusal, note } = without(name);
    testRefusal(`refuses ${name} when it is not installed${note}`, async () => {
      await expect(selectBackend(name)).rejects.toThrow(
        `--backend ${name} cannot start: its package is not installed. Use --backend auto`,
      );
    });
  }
});

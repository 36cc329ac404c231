import { createRequire } from 'node:module';
import { getBackend } from '@tensorflow/tfjs-core';
import { selectBackend } from '../../src/backend/select-backend.ts';

const { resolve } = createRequire(import.meta.url);

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
  const { test: testAuto, note } = without('node');
  testAuto(
    `auto takes wasm where nothing else is installed, and says what is faster${note}`,
    async () => {
      const backend = await selectBackend('auto');
      expect(backend.name).toBe('wasm');
      expect(backend.description).toMatch(/^wasm \(WebAssembly on the CPU, \d+ threads?\)$/);
      expect(backend.advice).toContain('#which-backend-for-which-machine');
      expect(getBackend()).toBe('wasm');
    },
  );

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

import { getBackend } from '@tensorflow/tfjs-core';
import { selectBackend } from '../../src/train/backend.ts';

describe('selectBackend', () => {
  test('auto takes wasm where nothing else is installed, and says what would be faster', async () => {
    const backend = await selectBackend('auto');
    expect(backend.name).toBe('wasm');
    expect(backend.description).toMatch(/^wasm \(WebAssembly on the CPU, \d+ threads?\)$/);
    expect(backend.advice).toContain('npm install');
    expect(getBackend()).toBe('wasm');
  });

  test('starts again what was started before', async () => {
    expect((await selectBackend('cpu')).advice).toContain('--backend wasm');
    expect(getBackend()).toBe('cpu');
    expect((await selectBackend('wasm')).advice).toBeUndefined();
    expect(getBackend()).toBe('wasm');
  });

  test.each(['node', 'node-gpu'] as const)('refuses %s when it is not installed', async (name) => {
    await expect(selectBackend(name)).rejects.toThrow(
      `--backend ${name} cannot start: its package is not installed. Use --backend auto`,
    );
  });
});

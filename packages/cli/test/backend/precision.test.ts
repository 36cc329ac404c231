import { useBfloat16 } from '../../src/backend/precision.ts';
import { selectBackend } from '../../src/backend/select-backend.ts';

const MODE = 'ONEDNN_DEFAULT_FPMATH_MODE';

describe('useBfloat16', () => {
  afterEach(() => {
    delete process.env[MODE];
  });

  test('on a CPU that has the instructions', () => {
    useBfloat16('flags : sse2 avx2 amx_bf16 sha_ni');
    expect(process.env[MODE]).toBe('BF16');
  });
  test('is refused on other CPUs', () => {
    expect(() => useBfloat16('flags : sse2 avx2 avx512_bf16')).toThrow(
      'needs a CPU with amx_bf16; this one has none',
    );
    expect(process.env[MODE]).toBeUndefined();
  });
  test('is refused where the system does not say what the CPU has', () => {
    expect(() => useBfloat16(null)).toThrow('this system does not tell');
  });
  test.each(['wasm', 'cpu', 'node-gpu'] as const)('is refused with --backend %s', async (name) => {
    await expect(selectBackend(name, 'bf16')).rejects.toThrow(
      `--precision bf16 needs --backend native or node; got ${name}`,
    );
  });
});

test.each(['float16', 'float16x3'] as const)('%s is refused off webgpu', async (precision) => {
  await expect(selectBackend('wasm', precision)).rejects.toThrow(
    `--precision ${precision} needs --backend webgpu; got wasm`,
  );
});

import { selectBackend } from '../../src/train/backend.ts';
import { useBfloat16 } from '../../src/train/precision.ts';

const MODE = 'ONEDNN_DEFAULT_FPMATH_MODE';

describe('useBfloat16', () => {
  afterEach(() => {
    delete process.env[MODE];
  });

  test.each(['avx512_bf16', 'amx_bf16'])('on a CPU with %s', (name) => {
    useBfloat16(`flags : sse2 avx2 ${name} sha_ni`);
    expect(process.env[MODE]).toBe('BF16');
  });
  test('is refused on other CPUs', () => {
    expect(() => useBfloat16('flags : sse2 avx2')).toThrow('needs a CPU with avx512_bf16');
    expect(process.env[MODE]).toBeUndefined();
  });
  test('is refused where the system does not say what the CPU has', () => {
    expect(() => useBfloat16(null)).toThrow('this system does not tell');
  });
  test.each(['wasm', 'cpu', 'node-gpu'] as const)('is refused with --backend %s', async (name) => {
    await expect(selectBackend(name, 'bf16')).rejects.toThrow(
      `--precision bf16 needs --backend node; got ${name}`,
    );
  });
});

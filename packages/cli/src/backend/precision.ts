import { readFileSync } from 'node:fs';

/** Number formats for the factors of convolutions and matrix products. All else is float32, and so are the sums. */
export const PRECISIONS = ['float32', 'bf16', 'float16x3', 'float16'] as const;

/**
 * One of {@link PRECISIONS}. `float16x3` takes a float32 for the sum of two float16 and multiplies three pairs of
 * them, which is nearly as exact as float32.
 */
export type Precision = (typeof PRECISIONS)[number];

/** The backends that have a precision, in the order in which they are tried: first what there is nothing to install for. */
export const BACKENDS_OF = {
  bf16: ['native', 'node'],
  float16x3: ['webgpu'],
  float16: ['webgpu'],
} as const;

/**
 * Linux's name of the instructions that oneDNN multiplies bfloat16 with. (With avx512_bf16 alone it goes on
 * in float32, TensorFlow 2.21.)
 */
const INSTRUCTIONS = 'amx_bf16';

/**
 * Lets oneDNN, which computes TensorFlow's convolutions and matrix products on CPUs, round their
 * inputs to bfloat16. Weights, activations and sums stay float32. oneDNN asks once: call this before
 * TensorFlow is loaded.
 *
 * @param cpu the system's description of the CPU. @default that of Linux, /proc/cpuinfo
 * @throws Error if the CPU is not known to have the instructions: nothing would change
 */
export function useBfloat16(cpu: string | null = cpuInfo()): void {
  if (!cpu?.includes(INSTRUCTIONS)) {
    const found = cpu === null ? 'this system does not tell' : 'this one has none';
    throw new Error(`bf16 needs a CPU with ${INSTRUCTIONS}; ${found}`);
  }
  process.env['ONEDNN_DEFAULT_FPMATH_MODE'] = 'BF16';
}

function cpuInfo(): string | null {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return null;
  }
}

import { readFileSync } from 'node:fs';

export const PRECISIONS = ['float32', 'bf16'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** What Linux calls the instructions that multiply bfloat16. */
const INSTRUCTIONS = ['avx512_bf16', 'amx_bf16'];

/**
 * Lets oneDNN, which computes TensorFlow's convolutions and matrix products on CPUs, round their
 * inputs to bfloat16. Weights, activations and sums stay float32. oneDNN asks once: call this before
 * TensorFlow is loaded.
 *
 * @param cpu what the system says of the CPU. @default that of Linux, /proc/cpuinfo
 * @throws Error if the CPU is not known to have the instructions: it would only be slower
 */
export function useBfloat16(cpu: string | null = cpuInfo()): void {
  if (!INSTRUCTIONS.some((name) => cpu?.includes(name))) {
    const found = cpu === null ? 'this system does not tell' : 'this one has none of them';
    throw new Error(
      `[fbsd] --precision bf16 needs a CPU with ${INSTRUCTIONS.join(' or ')}; ${found}. Use --precision float32.`,
    );
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

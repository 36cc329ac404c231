import type { Instructions } from './addon.ts';
import { chooseInstructions, ofPrecision, type Precision } from './choose-instructions.ts';
import { loadAddon } from './load.ts';
import { NativeKernels } from './native-kernels.ts';

/** The options of {@link startNativeKernels}. */
export interface NativeOptions {
  /** How many threads compute, the calling one included. */
  threads: number;
  /** What products multiply. @default 'float32' */
  precision?: Precision | undefined;
  /** Which of {@link instructionSets}. @default the fastest */
  instructions?: Instructions | undefined;
}

/**
 * The instruction sets that the kernels of a precision are compiled for and this CPU has, the fastest first.
 *
 * @throws {NoNativeError} if there is no binary for this platform, or it does not load
 */
export function instructionSets(precision: Precision = 'float32'): Instructions[] {
  return ofPrecision(loadAddon().instructions(precision === 'bf16'), precision);
}

/**
 * Starts the kernels. `useNative` of `@fbsd/kernels/node` does it, and hands tfjs's kernels to them.
 *
 * @throws {NoNativeError} if there is no binary for this platform, it does not load, or the CPU lacks the instructions:
 *   bf16 takes AVX512_BF16 at least
 * @throws RangeError if threads is not a positive integer, precision is not known, or the instructions are of another
 */
export function startNativeKernels({
  threads,
  precision,
  instructions,
}: NativeOptions): NativeKernels {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`[@fbsd/native] threads must be a positive integer; got ${threads}.`);
  }
  const addon = loadAddon();
  const there = addon.instructions(precision === 'bf16');
  const chosen = chooseInstructions(there, instructions, precision);
  return new NativeKernels(addon, chosen, threads);
}

import type { Instructions } from './addon.ts';
import { loadAddon } from './load.ts';
import { NativeKernels } from './native-kernels.ts';
import { NoNativeError } from './no-native-error.ts';

/** The options of {@link startNativeKernels}. */
export interface NativeOptions {
  /** How many threads compute, the calling one included. */
  threads: number;
  /** Which of {@link instructionSets}. @default the fastest */
  instructions?: Instructions | undefined;
}

/**
 * The instruction sets that the kernels are compiled for and this CPU has, the fastest first.
 *
 * @throws {NoNativeError} if there is no binary for this platform, or it does not load
 */
export function instructionSets(): Instructions[] {
  return loadAddon().instructions();
}

/**
 * Starts the kernels. `useNative` of `@fbsd/kernels/node` does it, and hands tfjs's kernels to them.
 *
 * @throws {NoNativeError} if there is no binary for this platform, it does not load, or the CPU lacks the instructions
 */
export function startNativeKernels({ threads, instructions }: NativeOptions): NativeKernels {
  const addon = loadAddon();
  const sets = addon.instructions();
  const chosen = instructions ?? sets[0];
  if (chosen === undefined || !sets.includes(chosen)) {
    throw new NoNativeError(
      `[@fbsd/native] this CPU lacks ${chosen ?? 'AVX2, the least that the kernels need'}` +
        `${sets.length > 0 ? `; it has ${sets.join(' and ')}` : ''}. Use wasm instead.`,
    );
  }
  return new NativeKernels(addon, chosen, threads);
}

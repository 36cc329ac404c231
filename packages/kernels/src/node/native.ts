import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { engine, setBackend } from '@tensorflow/tfjs-core';
import type { WasmBackend } from '../backends/wasm/backend.ts';
import { type Acceleration, accelerate } from '../backends/wasm/index.ts';
import { replaceModule } from '../backends/wasm/module.ts';
import { isAccelerated } from '../registry/acceleration.ts';
import { checkKnown, shown } from '../registry/known-options.ts';
import { defaultThreads } from '../threads/threaded-wasm.ts';
import { nativeRunner } from './native-runner.ts';

/** Instruction sets that the kernels are compiled for. */
export type NativeInstructions = 'AVX512' | 'AVX2' | 'NEON' | 'AMX_BF16' | 'AVX512_BF16';

/** What convolutions and products of matrices multiply; sums and all else are float32. */
export type NativePrecision = 'float32' | 'bf16';

/** The options of {@link useNative}. */
export interface NativeOptions {
  /** How many threads compute, the main one included. @default the number of CPUs, at most 8 */
  threads?: number;
  /**
   * What convolutions and products of matrices multiply. `bf16` rounds it to 8 bits of mantissa, which takes a CPU with
   * AVX512_BF16 or, better, AMX, and about 0.7 of the time. @default 'float32'
   */
  precision?: NativePrecision;
  /** Which instructions they use. @default the fastest of the precision that the CPU has */
  instructions?: NativeInstructions;
}

/** The native kernels in use. */
export interface Native {
  /** How many threads compute, the calling one included. */
  readonly threads: number;
  /** What products multiply. */
  readonly precision: NativePrecision;
  /** Which instructions they use. */
  readonly instructions: NativeInstructions;
  /** The kernels that were installed. */
  readonly acceleration: Acceleration;
  /** Puts back what computed before: tfjs's own kernels, or those of `accelerate` on wasm. Tensors stay. */
  dispose(): void;
}

let inUse = false;

/**
 * Makes wasm the current backend, with the kernels of this package (see `accelerate`) compiled for the CPU: those of
 * `@fbsd/native`, which has to be installed. Tensors stay on the heap of tfjs's wasm backend, so whatever has no
 * native kernel goes on there.
 *
 * ```ts
 * const native = await useNative();
 * await model.fit(x, y);
 * native.dispose();
 * ```
 *
 * @throws TypeError for an option that is not known
 * @throws RangeError if threads is not a positive integer, or precision none of its values
 * @throws {NoNativeError} of `@fbsd/native` if it has no kernels for this machine
 * @throws Error if `@fbsd/native` or @tensorflow/tfjs-backend-wasm is not installed, `@fbsd/native` is of another version
 *   than `@fbsd/kernels`, or it is in use already
 */
export async function useNative(options: NativeOptions = {}): Promise<Native> {
  checkKnown('[@fbsd/kernels] useNative', options, ['threads', 'precision', 'instructions']);
  const threads = options.threads ?? defaultThreads(availableParallelism());
  const { precision = 'float32', instructions } = options;
  if (precision !== 'float32' && precision !== 'bf16') {
    throw new RangeError(
      `[@fbsd/kernels] useNative: precision must be 'float32' or 'bf16'; got ${shown(precision)}.`,
    );
  }
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(
      `[@fbsd/kernels] useNative: threads must be a positive integer; got ${shown(threads)}.`,
    );
  }
  if (inUse) {
    throw new Error(
      '[@fbsd/kernels] useNative: it is in use already. Call dispose() of the first before starting another.',
    );
  }
  const { startNativeKernels } = await importNative();
  checkVersions();
  const kernels = startNativeKernels({ threads, precision, instructions });
  if (!(await setBackend('wasm'))) {
    throw new Error(
      "[@fbsd/kernels] useNative: tfjs's wasm backend did not start. Import @tensorflow/tfjs-backend-wasm.",
    );
  }
  const backend = engine().backend as WasmBackend;
  const putBack = replaceModule(backend, (memory) => nativeRunner(kernels, memory));
  inUse = true;
  const accelerated = isAccelerated('wasm');
  const acceleration = accelerate();
  return {
    threads,
    precision,
    instructions: kernels.instructions,
    acceleration,
    dispose() {
      if (!inUse) return;
      inUse = false;
      if (!accelerated) acceleration.restore();
      putBack();
    },
  };
}

/** An optional peer: only who calls for native kernels needs it. */
async function importNative() {
  try {
    return await import('@fbsd/native');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const absent = code?.endsWith('MODULE_NOT_FOUND') && message.includes("'@fbsd/native'");
    const problem = absent
      ? '@fbsd/native is not installed. Install it: npm install @fbsd/native'
      : `@fbsd/native could not be loaded: ${message}`;
    throw new Error(`[@fbsd/kernels] useNative: ${problem}`, { cause });
  }
}

/** What a function takes, and what a size means, may change with any version: neither side could tell. */
function checkVersions(): void {
  const require = createRequire(import.meta.url);
  const versionOf = (name: string): string => require(`${name}/package.json`).version;
  const [own, native] = [versionOf('@fbsd/kernels'), versionOf('@fbsd/native')];
  if (own === native) return;
  throw new Error(
    `[@fbsd/kernels] useNative: @fbsd/native ${native} and @fbsd/kernels ${own} do not fit together. Install the same version of both: npm install @fbsd/native@${own}`,
  );
}

import type { Instructions } from './addon.ts';
import { NoNativeError } from './no-native-error.ts';

/**
 * The instruction set that is asked for, or the fastest.
 *
 * @param there those that the CPU has, the fastest first
 * @throws {NoNativeError} if it is not among them, or there is none
 */
export function chooseInstructions(
  there: readonly Instructions[],
  asked: Instructions | undefined,
): Instructions {
  const chosen = asked ?? there[0];
  if (chosen !== undefined && there.includes(chosen)) return chosen;
  throw new NoNativeError(
    `[@fbsd/native] this CPU lacks ${chosen ?? 'AVX2, the least that the kernels need'}` +
      `${there.length > 0 ? `; it has ${there.join(' and ')}` : ''}. Use wasm instead.`,
  );
}

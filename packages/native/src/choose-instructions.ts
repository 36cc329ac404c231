import type { Instructions } from './addon.ts';
import { NoNativeError } from './no-native-error.ts';

/**
 * What convolutions and products of matrices multiply: floats, or floats rounded to bfloat16, whose products are added up
 * in float32 and take half of the time. All else is float32.
 */
export type Precision = 'float32' | 'bf16';

/** What a CPU lacks that has no instructions for a precision, and what to use instead. */
const LACKING = {
  float32: 'AVX2, the least that the kernels need. Use wasm instead.',
  bf16: 'AVX512_BF16, the least that bf16 takes. Use float32 instead.',
} as const satisfies Record<Precision, string>;

const precisionOf = (instructions: Instructions): Precision =>
  instructions.endsWith('BF16') ? 'bf16' : 'float32';

/**
 * Those of the instruction sets that multiply in a precision.
 *
 * @throws RangeError for a precision that is not known
 */
export function ofPrecision(there: readonly Instructions[], precision: Precision): Instructions[] {
  if (!Object.hasOwn(LACKING, precision)) {
    throw new RangeError(
      `[@fbsd/native] precision must be 'float32' or 'bf16'; got '${precision}'.`,
    );
  }
  return there.filter((each) => precisionOf(each) === precision);
}

/**
 * The instruction set that is asked for, or the fastest, of a precision.
 *
 * @param there those that the CPU has, the fastest first
 * @throws {NoNativeError} if it is not among them, or there is none
 * @throws RangeError if it multiplies in another precision, or the precision is not known
 */
export function chooseInstructions(
  there: readonly Instructions[],
  asked?: Instructions,
  precision: Precision = 'float32',
): Instructions {
  const usable = ofPrecision(there, precision);
  if (asked !== undefined && precisionOf(asked) !== precision) {
    throw new RangeError(
      `[@fbsd/native] ${asked} multiplies in ${precisionOf(asked)}; got precision '${precision}'. Leave out one of them.`,
    );
  }
  const chosen = asked ?? usable[0];
  if (chosen !== undefined && usable.includes(chosen)) return chosen;
  const lacking =
    chosen === undefined
      ? LACKING[precision]
      : `${chosen}${usable.length > 0 ? `; it has ${usable.join(' and ')}` : ''}. Use wasm instead.`;
  throw new NoNativeError(`[@fbsd/native] this CPU lacks ${lacking}`);
}

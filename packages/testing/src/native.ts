import { type Instructions, instructionSets, NoNativeError, type Precision } from '@fbsd/native';

/** Each instruction set of this CPU that @fbsd/native has kernels of a precision for; none where it was not built. */
export function nativeSets(precision?: Precision): Instructions[] {
  try {
    return instructionSets(precision);
  } catch (error) {
    if (error instanceof NoNativeError) return [];
    throw error;
  }
}

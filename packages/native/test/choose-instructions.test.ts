import { chooseInstructions } from '../src/choose-instructions.ts';
import type { Instructions, Precision } from '../src/index.ts';
import { NoNativeError } from '../src/no-native-error.ts';

test('takes the fastest, or the one that is asked for', () => {
  expect(chooseInstructions(['AVX512', 'AVX2'], undefined)).toBe('AVX512');
  expect(chooseInstructions(['AVX512', 'AVX2'], 'AVX2')).toBe('AVX2');
});

test('bf16 has instructions of its own, which float32 never takes', () => {
  const there: Instructions[] = ['AVX512', 'AVX2', 'AMX_BF16', 'AVX512_BF16'];
  expect(chooseInstructions(there, undefined, 'bf16')).toBe('AMX_BF16');
  expect(chooseInstructions(there, 'AVX512_BF16', 'bf16')).toBe('AVX512_BF16');
  expect(chooseInstructions(there, undefined, 'float32')).toBe('AVX512');
  expect(() => chooseInstructions(there, 'AVX512_BF16')).toThrow(
    new RangeError(
      "[@fbsd/native] AVX512_BF16 multiplies in bf16; got precision 'float32'. Leave out one of them.",
    ),
  );
  expect(() => chooseInstructions(there, 'AVX2', 'bf16')).toThrow('AVX2 multiplies in float32');
  expect(() => chooseInstructions(there, undefined, 'half' as Precision)).toThrow(
    new RangeError("[@fbsd/native] precision must be 'float32' or 'bf16'; got 'half'."),
  );
  expect(() => chooseInstructions(['AVX512', 'AVX2'], undefined, 'bf16')).toThrow(
    /^\[@fbsd\/native\] this CPU lacks AVX512_BF16, the least that bf16 takes\. Use float32 instead\.$/,
  );
});

test('a CPU that is too old, or lacks what is asked for, is a NoNativeError', () => {
  const tooOld = () => chooseInstructions([], undefined);
  expect(tooOld).toThrow(NoNativeError);
  expect(tooOld).toThrow(
    /^\[@fbsd\/native\] this CPU lacks AVX2, the least that the kernels need\. Use wasm instead\.$/,
  );
  expect(() => chooseInstructions(['AVX2'], 'AVX512')).toThrow(
    /^\[@fbsd\/native\] this CPU lacks AVX512; it has AVX2\. Use wasm instead\.$/,
  );
});

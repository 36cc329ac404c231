import { WasmMemoryError } from '@fbsd/kernels';
import { GPULostError, GPUMemoryError } from '@fbsd/kernels/node';
import { DivergenceError, UserError } from '@fbsd/trainer';
import { resumeCommand, withAdvice } from '../../src/commands/training-advice.ts';

const system = (code: string, message: string) =>
  Object.assign(new Error(message), { code, syscall: 'write' });
const full = system('ENOSPC', 'no space left');

describe('withAdvice', () => {
  test.each<[string, Error, RegExp]>([
    [
      'a loss that is not a number before the first checkpoint',
      new DivergenceError({ finding: 'the loss is NaN', step: 4, epoch: 1, checkpointStep: null }),
      /^\[fbsd\] train: the loss is NaN at step 4 \(epoch 1\)\. Nothing is kept .* Start anew with a smaller --learning-rate\.$/,
    ],
    [
      'one after a checkpoint',
      new DivergenceError({
        finding: 'the loss is Infinity',
        step: 9,
        epoch: 2,
        checkpointStep: 6,
      }),
      /The checkpoint of step 6 is kept\. Go on from it with a smaller --learning-rate: .* --from \/run --learning-rate …$/,
    ],
    ['a lost GPU', new GPULostError('lost.'), /^lost\. .* --resume --out \/run$/],
    ['a full GPU', new GPUMemoryError('full.'), /^full\. .*--batch-size with --accumulate/],
    ['a full wasm heap', new WasmMemoryError('full.'), /^full\. .*--batch-size with --accumulate/],
    ['a full disk', full, /the disk is full \(no space left\).* --resume --out \/run$/],
    [
      'a disk that fails',
      system('EIO', 'i/o error'),
      /the disk refuses \(i\/o error\)\. .*: check the disk .* --resume --out \/run$/,
    ],
    ['a disk for reading only', system('EROFS', 'read-only'), /: mount it for writing, or /],
  ])('%s', (_, error, message) => {
    const advised = withAdvice(error, '/run');
    expect(advised).toBeInstanceOf(UserError);
    expect((advised as Error).message).toMatch(message);
    expect((advised as Error).cause).toBe(error);
  });

  test('leaves any other error as it is', () => {
    const error = new Error('a fault in the program');
    expect(withAdvice(error, '/run')).toBe(error);
    expect(resumeCommand('/run')).toMatch(/--resume --out \/run$/);
  });
});

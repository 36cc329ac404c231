import { jest } from '@jest/globals';
import { endWithReader } from '../../src/display/closed-output.ts';

const closed = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
let exit: jest.SpiedFunction<typeof process.exit>;

beforeEach(() => {
  exit = jest.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
  endWithReader();
});
afterEach(() => {
  process.stdout.removeAllListeners('error');
  process.stderr.removeAllListeners('error');
  jest.restoreAllMocks();
});

test('a command ends without a word when its reader has gone', () => {
  process.stdout.emit('error', closed);
  expect(exit).toHaveBeenCalledWith(141);
});

test('a training is asked, once, to end as after Ctrl-C', () => {
  const onInterrupt = jest.fn();
  process.once('SIGINT', onInterrupt);
  process.stdout.emit('error', closed);
  process.stdout.emit('error', closed); // it says that it writes a checkpoint
  process.stderr.emit('error', closed);
  expect(onInterrupt).toHaveBeenCalledTimes(1);
  expect(exit).not.toHaveBeenCalled();
});

test('any other error of the output is one', () => {
  const broken = Object.assign(new Error('EIO'), { code: 'EIO' });
  expect(() => process.stdout.emit('error', broken)).toThrow('EIO');
});

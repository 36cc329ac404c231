import { WasmMemoryError } from '@fbsd/kernels';
import { UserError } from '@fbsd/trainer';
import { printError } from '../../src/display/print-error.ts';
import { catchPrinted } from '../support/printed.ts';

const printed = catchPrinted();

test.each([
  new UserError('[fbsd] no such run.'),
  new WasmMemoryError('[@fbsd/kernels] it is full.'),
])('%s is printed without a stack', (error) => {
  printError(error);
  expect(printed.err).toBe(`${error.message}\n`);
});

test('what nobody expected is printed with its stack', () => {
  printError(new TypeError('undefined is not a function'));
  expect(printed.err).toMatch(/^TypeError: undefined is not a function\n {4}at /);
});

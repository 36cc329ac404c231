import { UserError } from '../src/user-error.ts';

describe('UserError', () => {
  test('keeps a message that one reads as it is', () => {
    const message = `[fbsd] got ${'x'.repeat(1900)}. Restore it.`;
    expect(new UserError(message).message).toBe(message);
  });

  test('leaves out the middle of a long one: where, and what to do, stay', () => {
    const { message } = new UserError(`[fbsd] labels.txt:3: got ${'x'.repeat(1e6)}. Restore it.`);
    expect(message).toHaveLength(2000);
    expect(message).toMatch(/^\[fbsd\] labels\.txt:3: got x+ … x+\. Restore it\.$/);
  });
});

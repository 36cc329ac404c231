/**
 * An error whose message is all that the person at the program needs: what was expected, what came, and
 * what to do. Show it without a stack.
 */
export class UserError extends Error {
  /** `UserError`, or that of a class that extends it. */
  override readonly name: string = 'UserError';
}

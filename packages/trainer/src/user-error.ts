/**
 * An error whose message is all that the person at the program needs: what was expected, what came, and
 * what to do. Show it without a stack. What came may be anything out of a file: of a message that is longer than one reads,
 * 2,000 characters, the middle is left out.
 */
export class UserError extends Error {
  /** `UserError`, or that of a class that extends it. */
  override readonly name: string = 'UserError';

  /** @param message begins with where, as `[@fbsd/datasets] loadCub: …`, and ends with what to do */
  constructor(message: string, options?: ErrorOptions) {
    super(withoutMiddle(message), options);
  }
}

const LONGEST = 2000;
/** Where and what was expected stand before, what to do behind. */
const HEAD = 1200;

function withoutMiddle(message: string): string {
  if (message.length <= LONGEST) return message;
  return `${message.slice(0, HEAD)} … ${message.slice(message.length - (LONGEST - HEAD - 3))}`;
}

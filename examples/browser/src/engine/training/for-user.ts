import { UserError } from '@fbsd/trainer';

/** An error of a library as one for the person at the page, where it is of the kind that what they gave causes. */
export function forUser(error: unknown, kind: new (message: string) => Error): unknown {
  if (error instanceof UserError || !(error instanceof kind)) return error;
  const { message } = error;
  return new UserError(message, { cause: error });
}

/** MPI cannot be used: there is no library, or not that of the launcher, or a call of it failed. */
export class MpiError extends Error {
  /** `MpiError`. */
  override readonly name = 'MpiError';
}

/** The kernels cannot run here: there is no binary for this platform, it is damaged, or the CPU is too old. */
export class NoNativeError extends Error {
  /** What tells it from other errors where there may be two of this class. */
  override readonly name = 'NoNativeError';
}

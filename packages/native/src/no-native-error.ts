/** The kernels cannot run here: there is no binary for this platform, it is damaged, or the CPU is too old. */
export class NoNativeError extends Error {
  override readonly name = 'NoNativeError';
}

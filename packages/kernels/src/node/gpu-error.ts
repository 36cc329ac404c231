/** There is no GPU, as opposed to one that does not work. */
export class NoGPUError extends Error {
  /** Its class, also where there are several of this package. */
  override readonly name = 'NoGPUError';
}

/** The GPU was lost, as when its driver restarts, and what was on it with it. */
export class GPULostError extends Error {
  /** Its class, also where there are several of this package. */
  override readonly name = 'GPULostError';
}

/** A tensor is larger than the GPU takes, or its memory is full. */
export class GPUMemoryError extends RangeError {
  /** Its class, also where there are several of this package. */
  override readonly name = 'GPUMemoryError';
}

import type { DType, Elements } from './dtypes.ts';

/** A tensor as a file holds it, in PyTorch's layout (kernels OIHW, linear weights [out,in]). */
export interface StateTensor {
  /** The type of the elements in the file. */
  readonly dtype: DType;
  /** Sizes in PyTorch's order. */
  readonly shape: readonly number[];
  /**
   * The elements in row-major order of `shape`: 16-bit floats as Float32Array, bool as Uint8Array, others
   * in the array of their type. Tensors of one file may share memory.
   */
  readonly data: Elements;
}

/** The tensors of a file by name, in the order of the file. */
export type StateDict = ReadonlyMap<string, StateTensor>;

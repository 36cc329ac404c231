import { DTYPES, type DType, decode, type Elements } from '../dtypes.ts';
import { elementCount } from '../sizes.ts';
import type { StateTensor } from '../state-dict.ts';
import { WeightFileError } from '../weight-file-error.ts';

/** The memory that tensors of a PyTorch file share, by its key in the file. */
export interface Storage {
  readonly key: string;
  /** Of its elements; undefined for a type whose tensors are not read. */
  readonly dtype: DType | undefined;
  /** The dtype, or the class in PyTorch where there is none: `torch.ComplexFloatStorage`. */
  readonly type: string;
  /** Bytes of an element; undefined if unknown. */
  readonly elementBytes: number | undefined;
  /** Number of elements. */
  readonly length: number;
}

/** A tensor as a window on a storage. Made by the pickle, checked, not yet read. */
export class StoredTensor {
  readonly storage: Storage;
  readonly dtype: DType;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(tensor: Omit<StoredTensor, 'count'>) {
    this.storage = tensor.storage;
    this.dtype = tensor.dtype;
    this.offset = tensor.offset;
    this.shape = tensor.shape;
    this.strides = tensor.strides;
  }

  get count(): number {
    return elementCount(this.shape);
  }
}

/** Bytes of a storage; NaN for a type that is unknown. */
export function storageBytes({ elementBytes = Number.NaN, length }: Storage): number {
  return length * elementBytes;
}

/** Tensors whose elements do not lie in order are copied: up to this many times the file's size, … */
const MAX_COPIES = 4;
/** … and in any case this many bytes. */
const FREE_COPIES = 2 ** 20;

/** Makes tensors out of storages: views where the elements lie in order, copies where they do not. */
export class TensorFactory {
  private readonly decoded = new Map<string, Elements>();
  private readonly file: string;
  private budget: number;

  /** @param size bytes of the file; bounds what expanded and overlapping tensors may take */
  constructor(file: string, size: number) {
    this.file = file;
    this.budget = FREE_COPIES + MAX_COPIES * size;
  }

  /** @param bytes of the tensor's storage */
  create(tensor: StoredTensor, bytes: Uint8Array<ArrayBuffer>): StateTensor {
    const { storage, dtype, offset, shape } = tensor;
    const id = `${dtype} ${storage.key}`;
    const whole = this.decoded.get(id) ?? wholeElements(bytes, dtype);
    this.decoded.set(id, whole);
    const { count } = tensor;
    if (count === 0) return { dtype, shape, data: whole.subarray(0, 0) as Elements };
    if (isContiguous(tensor)) {
      return { dtype, shape, data: whole.subarray(offset, offset + count) as Elements };
    }
    this.budget -= count * whole.BYTES_PER_ELEMENT;
    if (this.budget < 0) {
      throw new WeightFileError(
        this.file,
        'its tensors repeat or share so many elements that they take far more memory than the file. ' +
          'Save them with tensor.contiguous().',
      );
    }
    return { dtype, shape, data: gather(whole, tensor) };
  }
}

/** The elements of a storage of any type; bytes behind the last one are left out. */
function wholeElements(bytes: Uint8Array<ArrayBuffer>, dtype: DType): Elements {
  const size = DTYPES[dtype].bytes;
  return decode(bytes.subarray(0, bytes.length - (bytes.length % size)), dtype);
}

function isContiguous({ shape, strides }: StoredTensor): boolean {
  let expected = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const size = shape[i] as number;
    if (size !== 1 && strides[i] !== expected) return false;
    expected *= size;
  }
  return true;
}

/** The elements at `offset + Σ index·stride`, in row-major order of the index. */
function gather(from: Elements, { offset, shape, strides, count }: StoredTensor): Elements {
  const to = new (from.constructor as new (length: number) => Elements)(count);
  const index = shape.map(() => 0);
  let position = offset;
  for (let i = 0; i < count; i++) {
    to[i] = from[position] as never;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] as number;
      const next = (index[axis] as number) + 1;
      position += stride;
      if (next < (shape[axis] as number)) {
        index[axis] = next;
        break;
      }
      index[axis] = 0;
      position -= stride * next;
    }
  }
  return to;
}

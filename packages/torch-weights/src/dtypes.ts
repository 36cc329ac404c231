import { BFLOAT16, FLOAT16, type HalfPrecision } from './half-precision.ts';

/** The types of elements that are read and written, by PyTorch's names. */
export type DType =
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool';

/** Elements in memory: 16-bit floats are widened to 32 bits, which is exact; bool is 0 and 1. */
export type Elements =
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>;

interface ElementsConstructor {
  readonly name: string;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): Elements;
}

interface ElementType {
  /** Bytes of an element in a file. */
  readonly bytes: number;
  /** What holds the elements in memory. */
  readonly array: ElementsConstructor;
  /** The name in a .safetensors file. */
  readonly safetensors: string;
  /** The class in the module `torch` of a storage in a .pth file; without one it is untyped there. */
  readonly storage?: string;
  /** How 32 bits in memory and 16 in a file become each other. */
  readonly half?: HalfPrecision;
}

export const DTYPES: Readonly<Record<DType, ElementType>> = {
  float16: {
    bytes: 2,
    array: Float32Array,
    safetensors: 'F16',
    storage: 'HalfStorage',
    half: FLOAT16,
  },
  bfloat16: {
    bytes: 2,
    array: Float32Array,
    safetensors: 'BF16',
    storage: 'BFloat16Storage',
    half: BFLOAT16,
  },
  float32: { bytes: 4, array: Float32Array, safetensors: 'F32', storage: 'FloatStorage' },
  float64: { bytes: 8, array: Float64Array, safetensors: 'F64', storage: 'DoubleStorage' },
  int8: { bytes: 1, array: Int8Array, safetensors: 'I8', storage: 'CharStorage' },
  int16: { bytes: 2, array: Int16Array, safetensors: 'I16', storage: 'ShortStorage' },
  int32: { bytes: 4, array: Int32Array, safetensors: 'I32', storage: 'IntStorage' },
  int64: { bytes: 8, array: BigInt64Array, safetensors: 'I64', storage: 'LongStorage' },
  uint8: { bytes: 1, array: Uint8Array, safetensors: 'U8', storage: 'ByteStorage' },
  uint16: { bytes: 2, array: Uint16Array, safetensors: 'U16' },
  uint32: { bytes: 4, array: Uint32Array, safetensors: 'U32' },
  uint64: { bytes: 8, array: BigUint64Array, safetensors: 'U64' },
  bool: { bytes: 1, array: Uint8Array, safetensors: 'BOOL', storage: 'BoolStorage' },
};

export const DTYPE_NAMES = Object.keys(DTYPES) as DType[];

/** The elements in `bytes`, whose length is a multiple of their size; shares memory where it can. */
export function decode(bytes: Uint8Array<ArrayBuffer>, dtype: DType): Elements {
  const { bytes: size, array, half } = DTYPES[dtype];
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  const length = byteLength / size;
  if (!half) return new array(buffer, byteOffset, length);
  const narrow = new Uint16Array(buffer, byteOffset, length);
  const wide = new Uint32Array(length);
  for (let i = 0; i < length; i++) wide[i] = half.widened(narrow[i] as number);
  return new Float32Array(wide.buffer);
}

/** The bytes that a file has of `data`, the elements of a tensor; shares memory where it can. */
export function encodeElements(data: Elements, dtype: DType): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength, length } = data;
  const { half } = DTYPES[dtype];
  if (half) {
    const wide = new Uint32Array(buffer, byteOffset, length); // bits, since numbers lose those of a NaN
    const narrow = new Uint16Array(length);
    for (let i = 0; i < length; i++) narrow[i] = half.narrowed(wide[i] as number);
    return new Uint8Array(narrow.buffer);
  }
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return dtype === 'bool' ? bytes.map((value) => (value === 0 ? 0 : 1)) : bytes;
}

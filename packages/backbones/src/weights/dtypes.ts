/** The types of elements that are read, by PyTorch's names. */
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

interface Storage {
  /** Bytes of an element in a file. */
  readonly bytes: number;
  /** `length` elements of little-endian bytes from a byte that is a multiple of their size. */
  readonly view: (buffer: ArrayBuffer, offset: number, length: number) => Elements;
}

export const DTYPES: Record<DType, Storage> = {
  float16: { bytes: 2, view: (b, o, n) => widen(new Uint16Array(b, o, n), float32BitsOfHalf) },
  bfloat16: { bytes: 2, view: (b, o, n) => widen(new Uint16Array(b, o, n), (x) => x << 16) },
  float32: { bytes: 4, view: (b, o, n) => new Float32Array(b, o, n) },
  float64: { bytes: 8, view: (b, o, n) => new Float64Array(b, o, n) },
  int8: { bytes: 1, view: (b, o, n) => new Int8Array(b, o, n) },
  int16: { bytes: 2, view: (b, o, n) => new Int16Array(b, o, n) },
  int32: { bytes: 4, view: (b, o, n) => new Int32Array(b, o, n) },
  int64: { bytes: 8, view: (b, o, n) => new BigInt64Array(b, o, n) },
  uint8: { bytes: 1, view: (b, o, n) => new Uint8Array(b, o, n) },
  uint16: { bytes: 2, view: (b, o, n) => new Uint16Array(b, o, n) },
  uint32: { bytes: 4, view: (b, o, n) => new Uint32Array(b, o, n) },
  uint64: { bytes: 8, view: (b, o, n) => new BigUint64Array(b, o, n) },
  bool: { bytes: 1, view: (b, o, n) => new Uint8Array(b, o, n) },
};

/** The elements in `bytes`, whose length is a multiple of their size; shares memory where it can. */
export function elements(bytes: Uint8Array<ArrayBuffer>, dtype: DType): Elements {
  const { bytes: size, view } = DTYPES[dtype];
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return view(aligned.buffer, aligned.byteOffset, aligned.byteLength / size);
}

function widen(
  narrow: Uint16Array,
  float32Bits: (bits: number) => number,
): Float32Array<ArrayBuffer> {
  const wide = new Int32Array(narrow.length);
  for (let i = 0; i < narrow.length; i++) wide[i] = float32Bits(narrow[i] as number);
  return new Float32Array(wide.buffer);
}

/** 1 sign, 5 exponent, 10 fraction bits to 1, 8 and 23. */
function float32BitsOfHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13); // infinite, NaN
  if (exponent > 0) return sign | ((exponent + 127 - 15) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  const shift = Math.clz32(fraction) - 21; // subnormal: fraction·2⁻²⁴, normal in float32
  return sign | ((127 - 14 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}

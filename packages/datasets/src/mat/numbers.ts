/** The numbers of an array, in a typed array; those of 64-bit integers as doubles. */
export type Numbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

interface NumberType {
  /** Bytes of a number. */
  size: 1 | 2 | 4 | 8;
  /** Makes numbers of bytes in this machine's order. */
  from(bytes: ArrayBuffer): Numbers;
}

/** By the type's number in the file. */
const TYPES: Readonly<Record<number, NumberType>> = {
  1: { size: 1, from: (bytes) => new Int8Array(bytes) },
  2: { size: 1, from: (bytes) => new Uint8Array(bytes) },
  3: { size: 2, from: (bytes) => new Int16Array(bytes) },
  4: { size: 2, from: (bytes) => new Uint16Array(bytes) },
  5: { size: 4, from: (bytes) => new Int32Array(bytes) },
  6: { size: 4, from: (bytes) => new Uint32Array(bytes) },
  7: { size: 4, from: (bytes) => new Float32Array(bytes) },
  9: { size: 8, from: (bytes) => new Float64Array(bytes) },
  12: { size: 8, from: (bytes) => Float64Array.from(new BigInt64Array(bytes), Number) },
  13: { size: 8, from: (bytes) => Float64Array.from(new BigUint64Array(bytes), Number) },
};

/** Tells how many bytes a number of a type has; undefined when the type is not one of numbers. */
export function sizeOfType(type: number): NumberType['size'] | undefined {
  return TYPES[type]?.size;
}

/** The numbers that bytes of a known type of numbers hold; a rest that is no whole number is left out. */
export function numbersFrom(type: number, bytes: Uint8Array, littleEndian: boolean): Numbers {
  const { size, from } = TYPES[type] as NumberType;
  const own = wholeOnes(bytes, size);
  return from(inOwnOrder(own, size, littleEndian).buffer);
}

/** The text that bytes of code units hold: each a character of a byte, or one of UTF-16. */
export function textFrom(type: number, bytes: Uint8Array, littleEndian: boolean): string {
  const size = sizeOfType(type);
  if (size === 1)
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  if (size === 2) {
    const own = wholeOnes(bytes, 2);
    return Buffer.from(inOwnOrder(own, 2, littleEndian).buffer).toString('utf16le');
  }
  const units = Uint16Array.from(numbersFrom(type, bytes, littleEndian));
  return Buffer.from(units.buffer).toString('utf16le');
}

/** A copy of the bytes of numbers, aligned, without a rest that is no whole number. */
function wholeOnes(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes.subarray(0, bytes.length - (bytes.length % size)));
}

/** Swaps the bytes of each number where the file has them the other way than this machine: as tfjs, little-endian. */
function inOwnOrder(
  bytes: Uint8Array<ArrayBuffer>,
  size: NumberType['size'],
  littleEndian: boolean,
): Uint8Array<ArrayBuffer> {
  if (littleEndian) return bytes;
  const view = Buffer.from(bytes.buffer);
  if (size === 2) view.swap16();
  if (size === 4) view.swap32();
  if (size === 8) view.swap64();
  return bytes;
}

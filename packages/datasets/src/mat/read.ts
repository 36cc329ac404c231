import { inflateSync } from 'node:zlib';
import { COMPRESSED, INT8, INT32, MATRIX, UINT32 } from './types.ts';
import { MatError, type MatValue } from './values.ts';

/*
 * MAT-files of version 5, as MATLAB saves them by default and SciPy does: compressed and not, of
 * either byte order. Source: MathWorks, MAT-File Format. Lengths in the file are never trusted: an
 * element has to lie within the bytes that are there.
 */

const HEADER = 128;
const TAG = 8;
/** No file of the data sets unpacks to more, or nests deeper. */
const MAX_UNPACKED = 256 * 2 ** 20;
const MAX_DEPTH = 16;

const COMPLEX = 0x0800;

/** Bytes of a number of each type, and how to read it. */
const NUMBERS: Readonly<
  Record<number, [number, (v: DataView, at: number, le: boolean) => number]>
> = {
  1: [1, (v, at) => v.getInt8(at)],
  2: [1, (v, at) => v.getUint8(at)],
  3: [2, (v, at, le) => v.getInt16(at, le)],
  4: [2, (v, at, le) => v.getUint16(at, le)],
  5: [4, (v, at, le) => v.getInt32(at, le)],
  6: [4, (v, at, le) => v.getUint32(at, le)],
  7: [4, (v, at, le) => v.getFloat32(at, le)],
  9: [8, (v, at, le) => v.getFloat64(at, le)],
  12: [8, (v, at, le) => Number(v.getBigInt64(at, le))],
  13: [8, (v, at, le) => Number(v.getBigUint64(at, le))],
};

/** Names of the encodings of text, beside the plain numbers that are code units. */
const ENCODINGS: Readonly<Record<number, string>> = { 16: 'utf-8', 17: 'utf-16le' };

const CELL = 1;
const STRUCT = 2;
const CHAR = 4;
const DOUBLE = 6;
const UINT64 = 15;

/**
 * The variables of a MAT-file by name.
 *
 * @param file begins the messages
 * @throws MatError with the byte offset when it is no MAT-file of version 5, damaged or truncated
 */
export function readMat(bytes: Uint8Array, file: string): Map<string, MatValue> {
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER)
    throw new MatError(
      `[@fbsd/datasets] ${file}: no MAT-file: it is shorter than its header of ${HEADER} bytes.`,
    );
  const order = String.fromCharCode(header.getUint8(126), header.getUint8(127));
  if (order !== 'IM' && order !== 'MI') {
    throw new MatError(
      `[@fbsd/datasets] ${file}: no MAT-file of version 5 (its header does not say its byte order). Save it anew with MATLAB's save -v7 or SciPy's savemat.`,
    );
  }
  const littleEndian = order === 'IM';
  const variables = new Map<string, MatValue>();
  const reader = new Reader(bytes.subarray(HEADER), littleEndian, `${file}: byte`, HEADER);
  while (reader.left >= TAG) {
    const element = reader.element();
    const inner =
      element.type === COMPRESSED ? unpack(element, littleEndian, file).element() : element;
    if (inner.type !== MATRIX) continue; // MATLAB allows other elements beside the variables
    const { name, value } = matrix(inner.content, 0);
    variables.set(name, value);
  }
  if (reader.left > 0) throw reader.error('the file ends within an element');
  return variables;
}

/** Bytes with a position, which can only be read within their end. */
class Reader {
  readonly view: DataView;
  readonly littleEndian: boolean;
  private readonly bytes: Uint8Array;
  private readonly where: string;
  private readonly start: number;
  private at = 0;

  constructor(bytes: Uint8Array, littleEndian: boolean, where: string, start: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.littleEndian = littleEndian;
    this.where = where;
    this.start = start;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** The next element: a tag of type and length, and so many bytes, padded to a multiple of eight. */
  element(): Element {
    if (this.left < TAG) throw this.error('an element is missing');
    const first = this.view.getUint32(this.at, this.littleEndian);
    const small = first >>> 16;
    const type = small > 0 ? first & 0xffff : first;
    const length = small > 0 ? small : this.view.getUint32(this.at + 4, this.littleEndian);
    const from = this.at + (small > 0 ? 4 : TAG);
    if (small > 4) throw this.error(`a small element claims ${small} bytes`);
    if (length > this.bytes.length - from) {
      throw this.error(`an element claims ${length} bytes, ${this.bytes.length - from} are left`);
    }
    const padded = type === COMPRESSED ? length : Math.ceil(length / 8) * 8;
    const content = new Reader(
      this.bytes.subarray(from, from + length),
      this.littleEndian,
      this.where,
      this.start + from,
    );
    this.at = small > 0 ? this.at + TAG : Math.min(from + padded, this.bytes.length);
    return { type, content, bytes: this.bytes.subarray(from, from + length) };
  }

  /** The numbers of an element. */
  numbers({ type, content }: Element): number[] {
    const format = NUMBERS[type];
    if (!format) throw this.error(`type ${type} is not one of numbers`);
    const [size, read] = format;
    const count = Math.floor(content.left / size);
    return Array.from({ length: count }, (_, i) => read(content.view, i * size, this.littleEndian));
  }

  /** The numbers of the next element, which has to be of the given type. */
  next(type: number): number[] {
    const element = this.element();
    if (element.type !== type) {
      throw this.error(`expected an element of type ${type}, got ${element.type}`);
    }
    return this.numbers(element);
  }

  error(what: string): MatError {
    return new MatError(
      `[@fbsd/datasets] ${this.where} ${this.start + this.at}: ${what}. Get the file anew.`,
    );
  }
}

interface Element {
  type: number;
  content: Reader;
  bytes: Uint8Array;
}

function unpack({ bytes, content }: Element, littleEndian: boolean, file: string): Reader {
  let unpacked: Uint8Array;
  try {
    unpacked = inflateSync(bytes, { maxOutputLength: MAX_UNPACKED });
  } catch (error) {
    throw content.error(`its compressed content is damaged (${(error as Error).message})`);
  }
  return new Reader(unpacked, littleEndian, `${file}: unpacked byte`, 0);
}

function matrix(content: Reader, depth: number): { name: string; value: MatValue } {
  if (content.left === 0) {
    return { name: '', value: { kind: 'numbers', dims: [0, 0], values: [] } }; // how [] is stored
  }
  if (depth > MAX_DEPTH) throw content.error(`arrays nest deeper than ${MAX_DEPTH}`);
  const [flags = 0] = content.next(UINT32);
  const dims = content.next(INT32);
  const name = characters(content.next(INT8));
  const count = dims.reduce((product, size) => product * size, 1);
  if (dims.length < 2 || dims.some((size) => size < 0)) {
    throw content.error(`dimensions [${dims}]`);
  }
  return { name, value: body(content, flags, dims, count, depth) };
}

function body(
  content: Reader,
  flags: number,
  dims: readonly number[],
  count: number,
  depth: number,
): MatValue {
  const kind = flags & 0xff;
  // Every cell and every field of an element takes at least its tag.
  const requireRoom = (arrays: number) => {
    if (arrays * TAG > content.left) {
      throw content.error(`[${dims}] arrays do not fit into the ${content.left} bytes left`);
    }
  };
  const nested = () => {
    const element = content.element();
    if (element.type !== MATRIX) throw content.error(`type ${element.type} is no array`);
    return matrix(element.content, depth + 1).value;
  };
  if (kind === CELL) {
    requireRoom(count);
    return { kind: 'cells', dims, cells: Array.from({ length: count }, nested) };
  }
  if (kind === STRUCT) {
    const [length = 0] = content.next(INT32);
    const names = content.next(INT8);
    if (length < 1) throw content.error(`field names of ${length} bytes`);
    const fields = Array.from({ length: Math.floor(names.length / length) }, (_, i) =>
      characters(names.slice(i * length, (i + 1) * length)).replace(/\0.*$/s, ''),
    );
    requireRoom(fields.length === 0 ? 0 : count * fields.length);
    if (fields.length === 0) return { kind: 'structs', dims, elements: [] };
    const elements = Array.from({ length: count }, () =>
      Object.fromEntries(fields.map((field) => [field, nested()])),
    );
    return { kind: 'structs', dims, elements };
  }
  if (kind === CHAR) return { kind: 'text', dims, text: text(content, count) };
  if (kind >= DOUBLE && kind <= UINT64) {
    const values = content.numbers(content.element());
    if (values.length !== count) {
      throw content.error(`[${dims}] needs ${count} numbers, it holds ${values.length}`);
    }
    return flags & COMPLEX ? { kind: 'other', dims } : { kind: 'numbers', dims, values };
  }
  return { kind: 'other', dims };
}

function text(content: Reader, count: number): string {
  if (count === 0) return '';
  const element = content.element();
  const encoding = ENCODINGS[element.type];
  if (encoding) return new TextDecoder(encoding).decode(element.bytes);
  const units = content.numbers(element);
  if (units.length !== count) throw content.error(`${count} characters are ${units.length}`);
  return characters(units);
}

function characters(units: readonly number[]): string {
  return units.map((unit) => String.fromCharCode(unit)).join('');
}

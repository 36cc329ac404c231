import { inflateSync } from 'node:zlib';
import { Budget } from './budget.ts';
import { type Numbers, numbersFrom, sizeOfType, textFrom } from './numbers.ts';
import { COMPRESSED, INT8, INT32, MATRIX, UINT16, UINT32 } from './types.ts';
import { MatError, type MatValue } from './values.ts';

/*
 * MAT-files of version 5, as MATLAB saves them by default and SciPy does: compressed and not, of
 * either byte order. Source: MathWorks, MAT-File Format. Lengths in the file are never trusted: an
 * element has to lie within the bytes that are there, and what all of it takes of memory is bounded by the file's size.
 */

const HEADER = 128;
const TAG = 8;
/** No file of the data sets nests deeper, or has arrays of more dimensions. */
const MAX_DEPTH = 16;
const MAX_DIMENSIONS = 32;
/** Memory of the objects of an array and of a field, as measured with Node 22, rounded up. */
const ARRAY_BYTES = 256;
const FIELD_BYTES = 64;

const COMPLEX = 0x0800;

/** Types of encoded text, beside the plain numbers that are code units. */
const UTF8 = 16;
const UTF16 = 17;

const CELL = 1;
const STRUCT = 2;
const CHAR = 4;
const DOUBLE = 6;
const UINT64 = 15;

/**
 * The variables of a MAT-file by name.
 *
 * @param file begins the messages
 * @throws MatError with the byte offset when it is no MAT-file of version 5, damaged or truncated; also when its arrays
 *   need far more memory than a file of its size
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
  const budget = new Budget(file, bytes.length);
  const variables = new Map<string, MatValue>();
  const reader = new Reader(bytes.subarray(HEADER), littleEndian, `${file}: byte`, HEADER);
  while (reader.left >= TAG) {
    const element = reader.element();
    const inner =
      element.type === COMPRESSED ? unpack(element, littleEndian, file, budget).element() : element;
    if (inner.type !== MATRIX) continue; // MATLAB allows other elements beside the variables
    const { name, value } = matrix(inner.content, 0, budget);
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

  /** The bytes of an element of numbers. */
  units(element: Element): Uint8Array {
    if (sizeOfType(element.type) === undefined) {
      throw this.error(`type ${element.type} is not one of numbers`);
    }
    return element.bytes;
  }

  /** The bytes of the next element, which has to be of the given type. */
  next(type: number): Uint8Array {
    const element = this.element();
    if (element.type === type) return element.bytes;
    throw this.error(`expected an element of type ${type}, got ${element.type}`);
  }

  /** The numbers of the next element, which has to be of the given type. */
  nextNumbers(type: number): Numbers {
    return numbersFrom(type, this.next(type), this.littleEndian);
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

function unpack(
  { bytes, content }: Element,
  littleEndian: boolean,
  file: string,
  budget: Budget,
): Reader {
  let unpacked: Uint8Array;
  try {
    unpacked = inflateSync(bytes, { maxOutputLength: Math.max(1, Math.floor(budget.left)) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      budget.spend(Number.POSITIVE_INFINITY);
    throw content.error(`its compressed content is damaged (${(error as Error).message})`);
  }
  budget.spend(unpacked.length);
  return new Reader(unpacked, littleEndian, `${file}: unpacked byte`, 0);
}

function matrix(content: Reader, depth: number, budget: Budget): { name: string; value: MatValue } {
  budget.spend(ARRAY_BYTES);
  if (content.left === 0) {
    return { name: '', value: { kind: 'numbers', dims: [0, 0], values: new Float64Array() } }; // how [] is stored
  }
  if (depth > MAX_DEPTH) throw content.error(`arrays nest deeper than ${MAX_DEPTH}`);
  const [flags = 0] = content.nextNumbers(UINT32);
  const dims = Array.from(content.nextNumbers(INT32).subarray(0, MAX_DIMENSIONS + 1));
  const name = textFrom(INT8, content.next(INT8), content.littleEndian);
  const count = dims.reduce((product, size) => product * size, 1);
  if (dims.length < 2 || dims.length > MAX_DIMENSIONS || dims.some((size) => size < 0)) {
    throw content.error(`dimensions [${dims}]`);
  }
  return { name, value: body(content, { flags, dims, count, depth, budget }) };
}

/** What an array's head says of it. */
interface Head {
  flags: number;
  dims: readonly number[];
  /** The product of the dimensions. */
  count: number;
  depth: number;
  budget: Budget;
}

function body(content: Reader, { flags, dims, count, depth, budget }: Head): MatValue {
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
    return matrix(element.content, depth + 1, budget).value;
  };
  if (kind === CELL) {
    requireRoom(count);
    return { kind: 'cells', dims, cells: Array.from({ length: count }, nested) };
  }
  if (kind === STRUCT) {
    const fields = fieldsOf(content, budget);
    requireRoom(count * fields.length);
    if (fields.length === 0) return { kind: 'structs', dims, elements: [] };
    const elements = Array.from({ length: count }, () => {
      budget.spend(FIELD_BYTES * fields.length);
      return Object.fromEntries(fields.map((field) => [field, nested()]));
    });
    return { kind: 'structs', dims, elements };
  }
  if (kind === CHAR) return { kind: 'text', dims, text: text(content, count, budget) };
  if (kind >= DOUBLE && kind <= UINT64) {
    const element = content.element();
    const units = content.units(element);
    const held = Math.floor(units.length / (sizeOfType(element.type) as number));
    if (held !== count) {
      throw content.error(`[${dims}] needs ${count} numbers, it holds ${held}`);
    }
    if (flags & COMPLEX) return { kind: 'other', dims };
    budget.spend(units.length);
    return {
      kind: 'numbers',
      dims,
      values: numbersFrom(element.type, units, content.littleEndian),
    };
  }
  return { kind: 'other', dims };
}

/** The names of a struct's fields: texts of one length, ended by NUL. */
function fieldsOf(content: Reader, budget: Budget): string[] {
  const [length = 0] = content.nextNumbers(INT32);
  const names = content.next(INT8);
  if (length < 1) throw content.error(`field names of ${length} bytes`);
  const count = Math.floor(names.length / length);
  budget.spend(FIELD_BYTES * count + names.length);
  return Array.from({ length: count }, (_, i) => {
    const name = names.subarray(i * length, (i + 1) * length);
    return textFrom(INT8, name, content.littleEndian).replace(/\0.*$/s, '');
  });
}

function text(content: Reader, count: number, budget: Budget): string {
  if (count === 0) return '';
  const element = content.element();
  const { type, bytes } = element;
  budget.spend(2 * bytes.length);
  if (type === UTF8) return new TextDecoder('utf-8').decode(bytes);
  if (type === UTF16) return textFrom(UINT16, bytes, content.littleEndian);
  const units = Math.floor(content.units(element).length / (sizeOfType(type) as number));
  if (units !== count) throw content.error(`${count} characters are ${units}`);
  return textFrom(type, bytes, content.littleEndian);
}

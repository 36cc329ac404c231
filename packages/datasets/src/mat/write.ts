import { deflateSync } from 'node:zlib';
import { COMPRESSED, DOUBLE, INT8, INT32, MATRIX, UINT16, UINT32 } from './types.ts';
import type { MatValue } from './values.ts';

/** Stands in the header, for people who look into the file. */
const DESCRIPTION = 'MATLAB 5.0 MAT-file, written by @fbsd/datasets';

const CLASSES = { cells: 1, structs: 2, text: 4, numbers: 6 } as const;
const FIELD_LENGTH = 32;

/** A MAT-file of version 5, little-endian, each variable compressed, as MATLAB saves by default. */
export function writeMat(variables: Readonly<Record<string, MatValue>>): Uint8Array {
  const header = Buffer.alloc(128, ' ');
  header.write(DESCRIPTION);
  header.fill(0, 116, 124); // no subsystem data
  header.writeUInt16LE(0x0100, 124);
  header.write('IM', 126);
  const elements = Object.entries(variables).map(([name, value]) => {
    const compressed = deflateSync(matrix(name, value));
    return Buffer.concat([tag(COMPRESSED, compressed.length), compressed]);
  });
  return Buffer.concat([header, ...elements]);
}

function tag(type: number, length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(type, 0);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

function element(type: number, content: Buffer): Buffer {
  const padding = Buffer.alloc((8 - (content.length % 8)) % 8);
  return Buffer.concat([tag(type, content.length), content, padding]);
}

function integers(type: number, values: readonly number[]): Buffer {
  const content = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    content.writeInt32LE(value, 4 * i);
  });
  return element(type, content);
}

function matrix(name: string, value: MatValue): Buffer {
  if (value.kind === 'other')
    throw new TypeError('[@fbsd/datasets] writeMat: unknown kind of array');
  const parts = [
    integers(UINT32, [CLASSES[value.kind], 0]),
    integers(INT32, value.dims),
    element(INT8, Buffer.from(name, 'latin1')),
  ];
  switch (value.kind) {
    case 'numbers':
      parts.push(element(DOUBLE, Buffer.from(new Float64Array(value.values).buffer)));
      break;
    case 'text':
      parts.push(element(UINT16, Buffer.from(value.text, 'utf16le')));
      break;
    case 'cells':
      parts.push(...value.cells.map((cell) => matrix('', cell)));
      break;
    case 'structs': {
      const fields = Object.keys(value.elements[0] ?? {});
      const names = Buffer.alloc(FIELD_LENGTH * fields.length);
      fields.forEach((field, i) => {
        names.write(field, i * FIELD_LENGTH, FIELD_LENGTH - 1, 'latin1');
      });
      parts.push(integers(INT32, [FIELD_LENGTH]), element(INT8, names));
      for (const row of value.elements) {
        parts.push(...fields.map((field) => matrix('', row[field] as MatValue)));
      }
    }
  }
  return element(MATRIX, Buffer.concat(parts));
}

/** A number. */
export function matNumber(value: number): MatValue {
  return { kind: 'numbers', dims: [1, 1], values: Float64Array.of(value) };
}

/** A text. */
export function matText(text: string): MatValue {
  return { kind: 'text', dims: [1, text.length], text };
}

/** A row of cells. */
export function matCells(cells: readonly MatValue[]): MatValue {
  return { kind: 'cells', dims: [1, cells.length], cells };
}

/** A row of structs. */
export function matStructs(elements: readonly Readonly<Record<string, MatValue>>[]): MatValue {
  return { kind: 'structs', dims: [1, elements.length], elements };
}

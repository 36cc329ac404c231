import { UserError } from '@fbsd/trainer';

/** A value of a MAT-file, in MATLAB's column-major order. */
export type MatValue = MatNumbers | MatText | MatCells | MatStructs | MatOther;

interface MatNumbers {
  kind: 'numbers';
  dims: readonly number[];
  values: ArrayLike<number>;
}

/** A char array; several rows are joined as they are stored. */
interface MatText {
  kind: 'text';
  dims: readonly number[];
  text: string;
}

interface MatCells {
  kind: 'cells';
  dims: readonly number[];
  cells: readonly MatValue[];
}

/** A struct array: an object by field name for each element. */
export interface MatStructs {
  kind: 'structs';
  dims: readonly number[];
  elements: readonly Readonly<Record<string, MatValue>>[];
}

/** A value of a kind that no data set here holds: a sparse matrix, an object, a function. */
interface MatOther {
  kind: 'other';
  dims: readonly number[];
}

/** Something in a MAT-file is not as it must be. The message says where and what. */
export class MatError extends UserError {
  override readonly name = 'MatError';
}

/** The text of a char array. @throws MatError that names the place when it is something else */
export function textOf(value: MatValue | undefined, where: string): string {
  if (value?.kind === 'text') return value.text;
  throw mismatch(value, where, 'text');
}

/** A finite number. @throws MatError that names the place when it is something else */
export function numberOf(value: MatValue | undefined, where: string): number {
  if (value?.kind !== 'numbers' || value.values.length !== 1) {
    throw mismatch(value, where, 'a number');
  }
  const number = value.values[0] as number;
  if (Number.isFinite(number)) return number;
  throw new MatError(`[@fbsd/datasets] ${where}: expected a number; got ${number}.`);
}

/** The numbers of an array. @throws MatError that names the place when it is something else */
export function numbersOf(value: MatValue | undefined, where: string): ArrayLike<number> {
  if (value?.kind === 'numbers') return value.values;
  throw mismatch(value, where, 'an array of numbers');
}

/** The texts of a cell array. @throws MatError that names the place when it is something else */
export function textsOf(value: MatValue | undefined, where: string): string[] {
  if (value?.kind !== 'cells') throw mismatch(value, where, 'a cell array');
  return value.cells.map((cell, i) => textOf(cell, `${where}{${i + 1}}`));
}

/** The elements of a struct array. @throws MatError that names the place when it is something else */
export function structsOf(value: MatValue | undefined, where: string): MatStructs['elements'] {
  if (value?.kind === 'structs') return value.elements;
  throw mismatch(value, where, 'a struct array');
}

function mismatch(value: MatValue | undefined, where: string, expected: string): MatError {
  const got = value ? `${value.kind} [${value.dims}]` : 'nothing';
  return new MatError(`[@fbsd/datasets] ${where}: expected ${expected}; got ${got}.`);
}

import type { LayersModel } from '@tensorflow/tfjs-layers';
import { UserError } from '../user-error.ts';
import { isRecord, parseJson, RESTORE, shown } from './json.ts';

/** The file with the names of a model's classes, by class index, beside the model, where a page can read them too. */
export const LABELS = 'labels.json';

/** Its content. */
export function encodeLabels(names: readonly string[]): string {
  return `${JSON.stringify(names, null, 2)}\n`;
}

/** Reads it. @throws UserError that names the file when it is not a list of names */
export function decodeLabels(bytes: Uint8Array, file: string): string[] {
  const names = parseJson(bytes, file);
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  const got = isRecord(names) ? 'an object' : shown(names);
  throw new UserError(
    `[@fbsd/trainer] ${file}: expected a list of class names; got ${got}. ${RESTORE}`,
  );
}

/** @throws UserError that names the file when there is not one name for each class of the model */
export function checkLabels(names: readonly string[], model: LayersModel, file: string): void {
  const classes = model.outputs[0]?.shape.at(-1);
  if (names.length === classes) return;
  throw new UserError(
    `[@fbsd/trainer] ${file}: expected ${classes} class names, one for each class that the model tells apart; got ${names.length}. ${RESTORE}`,
  );
}

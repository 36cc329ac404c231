import { shown } from '../run-files/json.ts';
import { UserError } from '../user-error.ts';
import type { Preprocessing } from './preprocessing.ts';

/** What this version of the package can do, and so must stand in every file. */
const ONLY = {
  'resize.filter': 'bilinear',
  'resize.antialias': true,
  'resize.keepAspectRatio': false,
  channels: 'RGB',
  layout: 'NHWC',
  'outputs.values': 'logits',
  'outputs.combine': 'sum',
} as const;

/**
 * Checks a {@link Preprocessing} that comes from a file.
 *
 * @param json as `JSON.parse` gives it
 * @param where begins the messages: the file's path or address
 * @throws UserError that names the field, what was expected and what came
 */
export function readPreprocessing(json: unknown, where: string): Preprocessing {
  const refuse = (field: string, expected: string): never => {
    throw new UserError(
      `[@fbsd/trainer] ${where}: ${field} must be ${expected}; got ${shown(at(json, field))}. Take the file that was saved with the model.`,
    );
  };
  const version = at(json, 'version');
  if (typeof version === 'number' && version > 1) {
    throw new UserError(
      `[@fbsd/trainer] ${where} is of version ${version}, and this package reads version 1. Update @fbsd/trainer.`,
    );
  }
  if (version !== 1) refuse('version', '1');
  const type = at(json, 'type');
  if (type !== undefined && (type !== 'float32' || at(json, 'layout') !== ONLY.layout)) {
    throw new UserError(
      `[@fbsd/trainer] ${where}: describes an exported file for other runtimes, which takes ${shown(at(json, 'layout'))} of ${shown(type)}, not a model of TensorFlow.js. Take the file that was saved with the model.`,
    );
  }
  for (const [field, value] of Object.entries(ONLY)) {
    if (at(json, field) !== value) refuse(field, JSON.stringify(value));
  }
  const checked = json as Preprocessing;
  const { resize, crop } = checked;
  if (!isWhole(resize.width, 1)) refuse('resize.width', 'a whole number of pixels');
  if (resize.height !== resize.width) refuse('resize.height', `${resize.width}, as the width`);
  if (!isWhole(crop?.width, 1, resize.width)) {
    refuse('crop.width', `a whole number of pixels, at most ${resize.width}`);
  }
  if (crop.height !== crop.width) refuse('crop.height', `${crop.width}, as the width`);
  for (const side of ['left', 'top'] as const) {
    const most = resize.width - crop.width;
    if (!isWhole(crop[side], 0, most)) refuse(`crop.${side}`, `a whole number from 0 to ${most}`);
  }
  for (const field of ['mean', 'std'] as const) {
    const values: unknown = checked[field];
    if (!isThreeNumbers(values)) refuse(field, 'three numbers');
    if (field === 'std' && checked.std.includes(0)) refuse('std', 'three numbers other than 0');
  }
  const { labels } = checked;
  if (typeof labels !== 'string' || !/^[^/\\:]+$/.test(labels) || /^\.+$/.test(labels)) {
    refuse('labels', 'the name of a file beside it');
  }
  return checked;
}

/**
 * Checks the names of classes that come from a file.
 *
 * @param classes as many as the model has; null where that is not known
 * @throws UserError unless they are so many names
 */
export function readClassNames(json: unknown, classes: number | null, where: string): string[] {
  const names: unknown[] = Array.isArray(json) ? json : [];
  const expected = classes ?? Math.max(names.length, 1);
  if (names.length === expected && names.every((name) => typeof name === 'string')) {
    return names as string[];
  }
  const all = classes === null ? 'classes' : `${classes} classes`;
  const got = Array.isArray(json) ? `a list of ${json.length}` : shown(json);
  throw new UserError(
    `[@fbsd/trainer] ${where}: expected the names of the model's ${all}; got ${got}. Take the file that was saved with the model.`,
  );
}

/** The value of a field, named as in `resize.width`; undefined where there is none. */
function at(json: unknown, field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | null)?.[key], json);
}

function isWhole(value: unknown, least: number, most: number = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function isThreeNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.length === 3 && value.every(Number.isFinite);
}

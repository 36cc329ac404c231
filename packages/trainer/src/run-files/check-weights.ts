import type { io } from '@tensorflow/tfjs-core';
import { UserError } from '../user-error.ts';
import { isRecord, RESTORE, shown } from './json.ts';

/** Bytes of an element as it is stored. */
const BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  complex64: 8,
  bool: 1,
  uint8: 1,
  uint16: 2,
  float16: 2,
};

/**
 * Checks what a `model.json` says of the files of its weights.
 *
 * @param groups its `weightsManifest`; none is an empty one
 * @param file for messages
 * @returns the manifest
 * @throws UserError that names what is wrong: a file outside of the folder, or what is no manifest
 */
export function checkManifest(groups: unknown, file: string): io.WeightsManifestConfig {
  if (groups === undefined) return [];
  if (!Array.isArray(groups))
    throw damaged(file, `expected a list as weightsManifest; got ${shown(groups)}`);
  for (const group of groups) {
    const { paths, weights } = isRecord(group) ? group : {};
    if (!Array.isArray(paths) || !paths.every((path) => typeof path === 'string' && path !== '')) {
      throw damaged(
        file,
        `expected names of files as paths in weightsManifest; got ${shown(paths)}`,
      );
    }
    for (const path of paths) {
      if (liesWithin(path)) continue;
      throw new UserError(
        `[@fbsd/trainer] ${file} names weights outside of its folder: '${path}'. A model that was saved names none: do not trust it.`,
      );
    }
    checkSpecs(weights, file);
  }
  return groups as io.WeightsManifestConfig;
}

/** Checks a list of names, shapes and types of tensors. @throws UserError that names the first that is none */
export function checkSpecs(specs: unknown, file: string): io.WeightsManifestEntry[] {
  if (!Array.isArray(specs)) throw damaged(file, `expected a list of tensors; got ${shown(specs)}`);
  const names = new Set<string>();
  for (const spec of specs) {
    const { name, shape, dtype, quantization } = isRecord(spec) ? spec : {};
    const stored = isRecord(quantization) ? quantization['dtype'] : dtype;
    const fits =
      typeof name === 'string' &&
      Array.isArray(shape) &&
      shape.every((side) => Number.isSafeInteger(side) && side >= 0) &&
      Number.isSafeInteger(shape.reduce((product, side) => product * side, 1)) &&
      (stored === 'string' || Object.hasOwn(BYTES, String(stored)));
    if (!fits) throw damaged(file, `expected a tensor's name, shape and dtype; got ${shown(spec)}`);
    if (names.has(name)) throw damaged(file, `two tensors are called '${name}'`);
    names.add(name);
  }
  return specs as io.WeightsManifestEntry[];
}

/** Bytes that tensors take in a file; null where only the file tells, since some are strings. */
export function bytesOf(specs: readonly io.WeightsManifestEntry[]): number | null {
  let total = 0;
  for (const { shape, dtype, quantization } of specs) {
    const size = BYTES[quantization?.dtype ?? dtype];
    if (size === undefined) return null;
    total += size * shape.reduce((product, side) => product * side, 1);
  }
  return total;
}

/** Tells if a path is one of names below a folder, on any system. */
function liesWithin(path: string): boolean {
  return path.split(/[/\\]/).every((name) => name !== '' && name !== '..' && !name.includes(':'));
}

function damaged(file: string, what: string): UserError {
  return new UserError(`[@fbsd/trainer] ${file} is damaged: ${what}. ${RESTORE}`);
}

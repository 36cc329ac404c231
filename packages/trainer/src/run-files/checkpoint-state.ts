import type { io } from '@tensorflow/tfjs-core';
import type { Progress } from '../train/progress.ts';
import { UserError } from '../user-error.ts';
import { checkSpecs } from './check-weights.ts';
import { isRecord, parseJson, RESTORE, shown } from './json.ts';

/** The file of a checkpoint that says where the run stands. */
export const STATE = 'state.json';
/** From 2 on the folder has checksums. */
const VERSION = 2;

/** The content of {@link STATE}. */
export interface State {
  progress: Progress;
  /** Of the file with the velocities. */
  velocities: io.WeightsManifestEntry[];
}

export function encodeState({ progress, velocities }: State): string {
  return JSON.stringify({ version: VERSION, progress, velocities }, null, 2);
}

/** @throws UserError that names the file and the first field that is not as expected */
export function decodeState(bytes: Uint8Array, file: string): State {
  const state = parseJson(bytes, file);
  const version = isRecord(state) ? state['version'] : undefined;
  if (typeof version === 'number' && version > VERSION) {
    throw new UserError(
      `[@fbsd/trainer] ${file}: expected version 1 or ${VERSION}; got ${version}. Go on with the newer version that wrote it.`,
    );
  }
  checkFields(
    state,
    { version: isVersion, progress: isRecord, velocities: Array.isArray },
    '',
    file,
  );
  const { progress, velocities } = state as unknown as State;
  checkFields(progress, PROGRESS, 'progress.', file);
  return { progress, velocities: checkSpecs(velocities, file) };
}

type Check = (value: unknown) => boolean;

const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isNumber: Check = (value) => typeof value === 'number'; // JSON has no NaN: it comes as null
const isVersion: Check = (value) => value === 1 || value === VERSION;
const isMeter: Check = (value) =>
  isRecord(value) &&
  isCount(value['count']) &&
  isNumber(value['loss']) &&
  isNumber(value['correct']) &&
  Array.isArray(value['losses']) &&
  value['losses'].every(isNumber);

const PROGRESS: Readonly<Record<keyof Progress, Check>> = {
  epoch: (value) => isCount(value) && (value as number) > 0,
  step: isCount,
  batch: isCount,
  meters: (value) =>
    value === undefined || (isRecord(value) && isMeter(value['epoch']) && isMeter(value['line'])),
  best: (value) =>
    value === null || (isRecord(value) && isNumber(value['accuracy']) && isCount(value['epoch'])),
};

/** Each field of a value is as its check says, and there is no other. */
function checkFields(
  value: unknown,
  checks: Readonly<Record<string, Check>>,
  prefix: string,
  file: string,
): void {
  const fields = Object.keys(checks);
  if (!isRecord(value)) {
    throw new UserError(
      `[@fbsd/trainer] ${file} is damaged: expected ${fields.join(', ')}; got ${shown(value)}. ${RESTORE}`,
    );
  }
  const wrong = fields.find((field) => !checks[field]?.(value[field]));
  if (wrong !== undefined) {
    throw new UserError(
      `[@fbsd/trainer] ${file} is damaged: ${prefix}${wrong} is ${shown(value[wrong])}. ${RESTORE}`,
    );
  }
  const extra = Object.keys(value).find((field) => !fields.includes(field));
  if (extra === undefined) return;
  throw new UserError(
    `[@fbsd/trainer] ${file}: expected ${fields.map((field) => prefix + field).join(', ')}; got ${prefix}${extra}, too. Was it written by a newer version? Then go on with that one.`,
  );
}

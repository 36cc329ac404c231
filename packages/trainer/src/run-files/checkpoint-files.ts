import { io } from '@tensorflow/tfjs-core';
import { PREPROCESSING_FILE } from '../classify/preprocessing.ts';
import type { Checkpoint } from '../train/run-store.ts';
import { UserError } from '../user-error.ts';
import { bytesOf } from './check-weights.ts';
import { decodeState, encodeState, STATE } from './checkpoint-state.ts';
import type { Folder, Write } from './folder.ts';
import { RESTORE } from './json.ts';
import { checkLabels, decodeLabels, encodeLabels, LABELS } from './labels.ts';
import { readModel, readModelFiles, writeModelFiles } from './model-files.ts';
import { encodePreprocessing } from './preprocessing-file.ts';

const VELOCITIES = 'velocities.bin';

/** Writes the files of a checkpoint, {@link STATE} last: where it is, the others are. */
export async function writeCheckpointFiles(
  { model, velocities, progress, classNames }: Checkpoint,
  write: Write,
): Promise<void> {
  await model.save({ save: (artifacts) => writeModelFiles(artifacts, write) });
  await write(LABELS, encodeLabels(classNames));
  const preprocessing = encodePreprocessing(model);
  if (preprocessing !== null) await write(PREPROCESSING_FILE, preprocessing);
  const { data, specs } = await io.encodeWeights([...velocities]);
  await write(VELOCITIES, new Uint8Array(data));
  await write(STATE, encodeState({ progress, velocities: specs }));
}

/**
 * Makes the checkpoint of a folder; model and velocities are then the caller's.
 *
 * @throws UserError that names the file that is damaged
 */
export async function readCheckpointFiles(folder: Folder): Promise<Checkpoint> {
  const state = decodeState(await folder.read(STATE), folder.pathOf(STATE));
  const labels = folder.pathOf(LABELS);
  const classNames = decodeLabels(await folder.read(LABELS), labels);
  const bytes = await readVelocities(folder, state.velocities);
  const model = await readModel(folder);
  try {
    checkLabels(classNames, model, labels);
  } catch (error) {
    model.dispose();
    throw error;
  }
  const decoded = io.decodeWeights(new Uint8Array(bytes).buffer, state.velocities);
  const velocities = Object.entries(decoded).map(([name, tensor]) => ({ name, tensor }));
  return { model, velocities, progress: state.progress, classNames };
}

/** Reads everything, but makes nothing of it. @throws UserError that names the file that is damaged */
export async function verifyCheckpointFiles(folder: Folder): Promise<void> {
  const { velocities } = decodeState(await folder.read(STATE), folder.pathOf(STATE));
  decodeLabels(await folder.read(LABELS), folder.pathOf(LABELS));
  await readVelocities(folder, velocities);
  await readModelFiles(folder);
}

async function readVelocities(folder: Folder, specs: io.WeightsManifestEntry[]) {
  const bytes = await folder.read(VELOCITIES);
  const expected = bytesOf(specs);
  if (bytes.length === expected) return bytes;
  throw new UserError(
    `[@fbsd/trainer] ${folder.pathOf(VELOCITIES)}: expected ${expected} bytes, as ${STATE} says; got ${bytes.length}. ${RESTORE}`,
  );
}

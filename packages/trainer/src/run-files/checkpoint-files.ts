import { PREPROCESSING_FILE } from '../classify/preprocessing.ts';
import type { Checkpoint } from '../train/run-store.ts';
import { decodeState, encodeState, STATE, type State } from './checkpoint-state.ts';
import type { Folder, Write } from './folder.ts';
import { readLabelledModel } from './labelled-model.ts';
import { decodeLabels, encodeLabels, LABELS } from './labels.ts';
import { readModelFiles, writeModel } from './model-files.ts';
import { encodePreprocessing } from './preprocessing-file.ts';
import { decodeTensors, readTensors, writeTensors } from './tensor-files.ts';

const VELOCITIES = 'velocities.bin';
const TRAINING_WEIGHTS = 'training-weights.bin';

/**
 * Writes the files of a checkpoint, {@link STATE} last: where it is, the others are. Model and tensors may not change until
 * the promise is kept.
 */
export async function writeCheckpointFiles(
  { model, trainingWeights, velocities, progress, classNames }: Checkpoint,
  write: Write,
): Promise<void> {
  await writeModel(model, write);
  await write(LABELS, encodeLabels(classNames));
  const preprocessing = encodePreprocessing(model);
  if (preprocessing !== null) await write(PREPROCESSING_FILE, preprocessing);
  const state: State = { progress, velocities: await writeTensors(VELOCITIES, velocities, write) };
  if (trainingWeights) {
    state.trainingWeights = await writeTensors(TRAINING_WEIGHTS, trainingWeights, write);
  }
  await write(STATE, encodeState(state));
}

/**
 * Makes the checkpoint of a folder; model and tensors are then the caller's.
 *
 * @throws UserError that names the file that is damaged
 */
export async function readCheckpointFiles(folder: Folder): Promise<Checkpoint> {
  const state = decodeState(await folder.read(STATE), folder.pathOf(STATE));
  const velocities = await readTensors(folder, VELOCITIES, state.velocities, STATE);
  const training =
    state.trainingWeights &&
    (await readTensors(folder, TRAINING_WEIGHTS, state.trainingWeights, STATE));
  const { model, classNames } = await readLabelledModel(folder);
  return {
    model,
    ...(training && { trainingWeights: decodeTensors(training) }),
    velocities: decodeTensors(velocities),
    progress: state.progress,
    classNames,
  };
}

/**
 * Reads everything, but makes neither model nor tensors of it.
 *
 * @throws UserError that names the file that is damaged
 */
export async function verifyCheckpointFiles(
  folder: Folder,
): Promise<Pick<Checkpoint, 'progress' | 'classNames'>> {
  const { progress, velocities, trainingWeights } = decodeState(
    await folder.read(STATE),
    folder.pathOf(STATE),
  );
  const classNames = decodeLabels(await folder.read(LABELS), folder.pathOf(LABELS));
  await readTensors(folder, VELOCITIES, velocities, STATE);
  if (trainingWeights) await readTensors(folder, TRAINING_WEIGHTS, trainingWeights, STATE);
  await readModelFiles(folder);
  return { progress, classNames };
}

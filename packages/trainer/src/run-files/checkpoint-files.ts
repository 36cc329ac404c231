import { io } from '@tensorflow/tfjs-core';
import { PREPROCESSING_FILE } from '../classify/preprocessing.ts';
import type { NamedTensor } from '../train/parameters.ts';
import type { Checkpoint } from '../train/run-store.ts';
import { UserError } from '../user-error.ts';
import { bytesOf } from './check-weights.ts';
import { decodeState, encodeState, STATE, type State } from './checkpoint-state.ts';
import type { Folder, Write } from './folder.ts';
import { RESTORE } from './json.ts';
import { readLabelledModel } from './labelled-model.ts';
import { decodeLabels, encodeLabels, LABELS } from './labels.ts';
import { readModelFiles, writeModelFiles } from './model-files.ts';
import { encodePreprocessing } from './preprocessing-file.ts';

const VELOCITIES = 'velocities.bin';
const TRAINING_WEIGHTS = 'training-weights.bin';

/** Writes the files of a checkpoint, {@link STATE} last: where it is, the others are. */
export async function writeCheckpointFiles(
  { model, trainingWeights, velocities, progress, classNames }: Checkpoint,
  write: Write,
): Promise<void> {
  await model.save({ save: (artifacts) => writeModelFiles(artifacts, write) });
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
  const velocities = await readTensors(folder, VELOCITIES, state.velocities);
  const training =
    state.trainingWeights && (await readTensors(folder, TRAINING_WEIGHTS, state.trainingWeights));
  const { model, classNames } = await readLabelledModel(folder);
  return {
    model,
    ...(training && { trainingWeights: decode(training) }),
    velocities: decode(velocities),
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
  await readTensors(folder, VELOCITIES, velocities);
  if (trainingWeights) await readTensors(folder, TRAINING_WEIGHTS, trainingWeights);
  await readModelFiles(folder);
  return { progress, classNames };
}

/** The bytes of a file of tensors, and what they are. */
interface EncodedTensors {
  bytes: Uint8Array;
  specs: io.WeightsManifestEntry[];
}

/** Writes tensors as `io.encodeWeights` does, which holds all of them twice. @returns what they are */
async function writeTensors(
  name: string,
  tensors: readonly NamedTensor[],
  write: Write,
): Promise<io.WeightsManifestEntry[]> {
  const specs = tensors.map(({ name, tensor: { shape, dtype } }) => ({
    name,
    shape,
    dtype: dtype as 'float32',
  }));
  const bytes = new Uint8Array(bytesOf(specs) as number);
  let at = 0;
  for (const { tensor } of tensors) {
    const { buffer, byteOffset, byteLength } = await tensor.data();
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  await write(name, bytes);
  return specs;
}

async function readTensors(
  folder: Folder,
  name: string,
  specs: io.WeightsManifestEntry[],
): Promise<EncodedTensors> {
  const bytes = await folder.read(name);
  const expected = bytesOf(specs);
  if (bytes.length === expected) return { bytes, specs };
  throw new UserError(
    `[@fbsd/trainer] ${folder.pathOf(name)}: expected ${expected} bytes, as ${STATE} says; got ${bytes.length}. ${RESTORE}`,
  );
}

function decode({ bytes, specs }: EncodedTensors): NamedTensor[] {
  const tensors = io.decodeWeights(new Uint8Array(bytes).buffer, specs);
  return Object.entries(tensors).map(([name, tensor]) => ({ name, tensor }));
}

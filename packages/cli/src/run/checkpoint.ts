import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Checkpoint,
  type NamedTensor,
  PREPROCESSING_FILE,
  type Progress,
  UserError,
} from '@fbsd/trainer';
import { dispose, io } from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { readLabels, writeLabels } from './labels.ts';
import { modelDirectory } from './model-directory.ts';
import { encodePreprocessing } from './preprocessing-file.ts';

const VELOCITIES = 'velocities.bin';
const STATE = 'state.json';

interface State {
  version: 1;
  progress: Progress;
  velocities: io.WeightsManifestEntry[];
}

/**
 * Writes model, class names, velocities and progress to `directory`, all or nothing: into a new directory first,
 * flushed, then put in the place of the old one.
 *
 * @throws UserError when it cannot be written, on a full disk for example; the old one is whole then
 */
export async function saveCheckpoint(
  directory: string,
  { model, velocities, progress, classNames }: Checkpoint,
): Promise<void> {
  const next = `${directory}.next`;
  try {
    await rm(next, { recursive: true, force: true });
    await mkdir(next, { recursive: true });
    await model.save(modelDirectory(next));
    await writeLabels(next, classNames);
    await writeFile(join(next, PREPROCESSING_FILE), encodePreprocessing(model), { flush: true });
    const { data, specs } = await io.encodeWeights([...velocities]);
    await writeFile(join(next, VELOCITIES), new Uint8Array(data), { flush: true });
    const state: State = { version: 1, progress, velocities: specs };
    await writeFile(join(next, STATE), JSON.stringify(state, null, 2), { flush: true });
    await replace(next, directory);
  } catch (error) {
    await rm(next, { recursive: true, force: true });
    throw new UserError(
      `[fbsd] the checkpoint cannot be written to ${directory}: ${(error as Error).message}. The one before it, if there is one, is whole: make room and go on with --resume.`,
      { cause: error },
    );
  }
}

/** Finishes or undoes a checkpoint that a killed process left half written, see {@link saveCheckpoint}. */
export async function tidyCheckpoint(directory: string): Promise<void> {
  const aside = previous(directory);
  await rm(`${directory}.next`, { recursive: true, force: true });
  if (!existsSync(directory) && existsSync(aside)) await rename(aside, directory);
  await rm(aside, { recursive: true, force: true });
}

/** Tells if {@link loadCheckpoint} would find something. */
export function hasCheckpoint(directory: string): boolean {
  return wholeCheckpoint(directory) !== undefined;
}

function wholeCheckpoint(directory: string): string | undefined {
  return [directory, previous(directory)].find((path) => existsSync(join(path, STATE)));
}

/**
 * Reads a checkpoint that {@link saveCheckpoint} wrote. The caller owns the model and the velocities.
 *
 * @throws UserError that names the directory when there is none or it is not whole
 */
export async function loadCheckpoint(directory: string): Promise<Checkpoint> {
  const found = wholeCheckpoint(directory);
  if (!found) {
    throw new UserError(
      `[fbsd] no checkpoint in ${directory}: it holds no ${STATE}. Start without --resume.`,
    );
  }
  try {
    const state = JSON.parse(await readFile(join(found, STATE), 'utf8')) as State;
    const classNames = await readLabels(found);
    const bytes = await readFile(join(found, VELOCITIES));
    const model = await loadLayersModel(modelDirectory(found));
    const decoded = io.decodeWeights(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer,
      state.velocities,
    );
    const velocities = Object.entries(decoded).map(([name, tensor]) => ({ name, tensor }));
    return { model, velocities, progress: state.progress, classNames };
  } catch (error) {
    throw new UserError(
      `[fbsd] the checkpoint in ${found} cannot be read: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

/** Disposes the velocities that {@link loadCheckpoint} returned. */
export function disposeVelocities(velocities: readonly NamedTensor[]): void {
  dispose(velocities.map(({ tensor }) => tensor));
}

/** A directory cannot be renamed over another: the old one steps aside first and is kept until then. */
async function replace(next: string, directory: string): Promise<void> {
  const aside = previous(directory);
  await rm(aside, { recursive: true, force: true });
  if (existsSync(directory)) await rename(directory, aside);
  await rename(next, directory);
  await rm(aside, { recursive: true, force: true });
}

function previous(directory: string): string {
  return `${directory}.previous`;
}

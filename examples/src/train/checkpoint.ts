import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dispose, io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { writeLabels } from './labels.ts';
import { modelDirectory } from './model-directory.ts';
import type { NamedTensor, SGD } from './sgd.ts';

/** Where a run stands; with the weights and the velocities all that resuming needs. */
export interface Progress {
  /** Epoch that the next step belongs to, from 1. */
  epoch: number;
  /** Steps done since the start of the run. */
  step: number;
  /** Batches done of that epoch. */
  batch: number;
  /** Best test accuracy so far, and the epoch that it was reached in. */
  best: { accuracy: number; epoch: number } | null;
}

export interface Checkpoint {
  model: LayersModel;
  velocities: NamedTensor[];
  progress: Progress;
}

const VELOCITIES = 'velocities.bin';
const STATE = 'state.json';

interface State {
  version: 1;
  progress: Progress;
  velocities: io.WeightsManifestEntry[];
}

/** What {@link saveCheckpoint} writes. */
export interface CheckpointContent {
  model: LayersModel;
  optimizer: SGD;
  progress: Progress;
  /** By class index. */
  classNames: readonly string[];
}

/**
 * Writes model, class names, velocities and progress to `directory`, all or nothing: into a new directory first,
 * flushed, then put in the place of the old one.
 */
export async function saveCheckpoint(
  directory: string,
  { model, optimizer, progress, classNames }: CheckpointContent,
): Promise<void> {
  const next = `${directory}.next`;
  await rm(next, { recursive: true, force: true });
  await mkdir(next, { recursive: true });
  await model.save(modelDirectory(next));
  await writeLabels(next, classNames);
  const { data, specs } = await io.encodeWeights(optimizer.velocities());
  await writeFile(join(next, VELOCITIES), new Uint8Array(data), { flush: true });
  const state: State = { version: 1, progress, velocities: specs };
  await writeFile(join(next, STATE), JSON.stringify(state, null, 2), { flush: true });
  await replace(next, directory);
}

/**
 * Reads what {@link saveCheckpoint} wrote. The caller owns the model and the velocities.
 *
 * @throws Error that names the directory when there is none or it is not whole
 */
export async function loadCheckpoint(directory: string): Promise<Checkpoint> {
  const found = [directory, previous(directory)].find((path) => existsSync(join(path, STATE)));
  if (!found) {
    throw new Error(
      `[fbsd] no checkpoint in ${directory}: it holds no ${STATE}. Start without --resume.`,
    );
  }
  try {
    const state = JSON.parse(await readFile(join(found, STATE), 'utf8')) as State;
    const bytes = await readFile(join(found, VELOCITIES));
    const model = await loadLayersModel(modelDirectory(found));
    const decoded = io.decodeWeights(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer,
      state.velocities,
    );
    const velocities = Object.entries(decoded).map(([name, tensor]) => ({ name, tensor }));
    return { model, velocities, progress: state.progress };
  } catch (error) {
    throw new Error(
      `[fbsd] the checkpoint in ${found} cannot be read: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

/** Disposes what {@link loadCheckpoint} returned for the optimizer. */
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

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import {
  disposeVelocities,
  type loadCheckpoint,
  saveCheckpoint,
} from '../../src/run/checkpoint.ts';

export function smallModel() {
  const images = input({ shape: [3], name: 'images' });
  const hidden = layers.dense({ units: 4, name: 'hidden' }).apply(images) as SymbolicTensor;
  const logits = layers.dense({ units: 2, name: 'logits' }).apply(hidden) as SymbolicTensor;
  return model({ inputs: images, outputs: logits });
}

export async function save(directory: string, step: number, options = {}) {
  const progress: Progress = { epoch: 1, step, batch: step, best: null };
  const network = smallModel();
  const velocities = [{ name: 'hidden/kernel', tensor: tf.fill([3, 4], step) }];
  await saveCheckpoint(
    directory,
    { model: network, velocities, progress, classNames: ['a', 'b'] },
    options,
  );
  disposeVelocities(velocities);
  network.dispose();
}

/** As an earlier version wrote it. */
export function makeOld(directory: string) {
  rmSync(join(directory, 'SHA256SUMS'));
  edit(join(directory, 'state.json'), (state) => ({ ...state, version: 1 }));
}

// biome-ignore lint/suspicious/noExplicitAny: what is edited may be anything
export type Json = Record<string, any>;

export function edit(file: string, change: (content: Json) => unknown) {
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));
}

export function flip(file: string, at: number) {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] as number) ^ 4;
  writeFileSync(file, bytes);
}

export async function stepOf(load: Promise<Awaited<ReturnType<typeof loadCheckpoint>> | null>) {
  const checkpoint = await load;
  if (!checkpoint) return null;
  disposeVelocities(checkpoint.velocities);
  checkpoint.model.dispose();
  return checkpoint.progress.step;
}

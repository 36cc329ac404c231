import { loadStateDict } from '@fbsd/backbones';
import { fbsd, newWeightNames } from '@fbsd/fbsd';
import { readStateDict } from '@fbsd/torch-weights';
import { type Dataset, stepMemory, UserError } from '@fbsd/trainer';
import { bytes } from '@fbsd/trainer/format';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { TrainSettings } from '../engine.ts';
import type { KeptSettings } from '../storage/run-settings.ts';
import { forUser } from './for-user.ts';
import { keptOf } from './optimizer.ts';

/** What of the 4 GiB that WebAssembly has is left for tensors. */
const WASM_ROOM = 0.92 * 2 ** 32;

/** @throws UserError for a data set that nothing can be learned from */
export function checkDataset({ classNames, train }: Dataset): void {
  if (classNames.length < 2) {
    throw new UserError(
      `There ${classNames.length === 1 ? `is one class, ${classNames[0]}` : 'are no classes'}: nothing can be told apart. Add pictures of another class.`,
    );
  }
  const empty = classNames.findIndex((_, label) => !train.some((sample) => sample.label === label));
  if (empty >= 0) {
    throw new UserError(
      `There is no picture of ${classNames[empty]} to train on. Add some, or remove the class.`,
    );
  }
  if (train.length < 4) {
    throw new UserError(
      `There are ${train.length} pictures to train on: too few. Add pictures, ten or more of each class.`,
    );
  }
}

/** The network that a run begins with. */
export async function newModel(
  settings: TrainSettings,
  { classNames }: Dataset,
): Promise<LayersModel> {
  const { arch, imageSize, seed, weights } = settings;
  let model: LayersModel;
  try {
    model = fbsd({
      arch,
      imageSize,
      classes: classNames.length,
      ...(seed !== undefined && { seed }),
      ...(weights && { initialWeights: { backbone: 'zeros' } }), // those of the file come in their place
    });
  } catch (cause) {
    throw forUser(cause, RangeError);
  }
  if (!weights) return model;
  try {
    const isNew = newWeightNames(model);
    loadStateDict(model, await readStateDict(weights), { only: (name) => !isNew?.has(name) });
    return model;
  } catch (cause) {
    model.dispose();
    throw forUser(cause, Error);
  }
}

/**
 * The settings with a batch that fits into the memory of wasm: several small batches make the step of a large one.
 *
 * @param notice is told what had to change
 * @throws UserError when not even two images fit
 */
export function thatFit(
  settings: TrainSettings,
  model: LayersModel,
  notice: (sentence: string) => void,
): TrainSettings {
  const memoryOf = stepMemory(model, keptOf(settings));
  const accumulate = settings.accumulate ?? 1;
  let batchSize = settings.batchSize;
  let batches = accumulate;
  while (memoryOf(batchSize, batches) > WASM_ROOM && batchSize > 2) {
    batchSize = Math.max(2, Math.ceil(batchSize / 2));
    batches = Math.ceil((settings.batchSize * accumulate) / batchSize);
  }
  const needed = memoryOf(batchSize, batches);
  if (needed > WASM_ROOM) {
    throw new UserError(
      `Two images at once need ${bytes(needed)}, and WebAssembly has 4.29 GB. Use smaller images or a smaller network.`,
    );
  }
  if (batchSize === settings.batchSize) return settings;
  notice(
    `${settings.batchSize} images at once do not fit into WebAssembly’s memory: ${batches} batches of ${batchSize} make a step.`,
  );
  return { ...settings, batchSize, accumulate: batches };
}

/** @throws UserError when the batches of a run, which cannot change any more, do not fit into the memory of wasm */
export function requireRoom(settings: KeptSettings, model: LayersModel): void {
  const { batchSize, accumulate } = settings;
  const needed = stepMemory(model, keptOf(settings))(batchSize, accumulate);
  if (needed <= WASM_ROOM) return;
  throw new UserError(
    `${batchSize} images at once need ${bytes(needed)}, and WebAssembly has 4.29 GB. Go on with WebGPU, or begin a new run: its batches will fit.`,
  );
}

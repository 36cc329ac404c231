import { join, resolve } from 'node:path';
import { newWeightNames } from '@fbsd/fbsd';
import {
  type Dataset,
  type Progress,
  type TrainOptimizer,
  UserError,
  type WeightAverage,
} from '@fbsd/trainer';
import { version_core as tfjsVersion } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { SelectedBackend } from '../backend/select-backend.ts';
import { say } from '../display/say.ts';
import { checkTogether } from '../parallel/check-together.ts';
import { DiskRunStore } from '../run/disk-run-store.ts';
import { loadInitialWeights } from '../run/initial-weights.ts';
import { readRunConfig, writeRunConfig } from '../run/run-config.ts';
import { checkOutputDirectory, createRunDirectory, lockRun } from '../run/run-directory.ts';
import type { Given } from '../settings/command-line.ts';
import { flagOf } from '../settings/flags.ts';
import { runsOf } from '../settings/paths.ts';
import { publishedWeights } from '../settings/published-weights.ts';
import { completeSettings, resumedSettings, type Settings } from '../settings/settings.ts';
import { averageFor } from './average.ts';
import { checkCache, checkGiven } from './check-given.ts';
import { downloadDataset, readDataFlags } from './download.ts';
import { continueFrom, originOf, settingsFrom } from './from-run.ts';
import { checkLength, placeIn, scheduleChange } from './length.ts';
import { requireRoom, settingsThatFit } from './memory.ts';
import { type InitialWeights, networkName, newNetwork } from './network.ts';
import { datasetOf, openBackend, openDataset } from './open.ts';
import { optimizerFor } from './optimizer.ts';
import { pretrainedFile } from './pretrained.ts';
import { newestRun } from './runs.ts';

/** Everything that a training needs, from new or from its last checkpoint. */
export interface Run {
  settings: Settings;
  dataset: Dataset;
  backend: SelectedBackend;
  model: LayersModel;
  optimizer: TrainOptimizer;
  /** Of the model's weights, where settings ask for it. */
  average: WeightAverage | null;
  directory: string;
  progress?: Progress;
  /** Lets other processes write to the directory. */
  release(): void;
}

/** Begins a run. Nothing is written before everything has been checked. */
export async function newRun(given: Given): Promise<Run> {
  const flags = readDataFlags(given);
  const origin = typeof given['from'] === 'string' ? await originOf(given['from']) : null;
  const settings = origin
    ? await settingsFrom(origin, flags)
    : completeSettings(await datasetOf(flags), flags);
  await checkGiven(settings, flags);
  const directory =
    typeof given['out'] === 'string'
      ? resolve(given['out'])
      : join(runsOf(settings), new Date().toISOString().slice(0, 19).replaceAll(':', '-'));
  await checkOutputDirectory(directory, ', or go on with the run in it with --resume');
  const pretrained = await pretrainedFile(settings, say); // before a data set is fetched, which takes longer
  if (given['download']) await downloadDataset(settings, say);
  const dataset = await openDataset(settings, say);
  const backend = await openBackend(settings, say);
  checkTogether(settings, backend);
  const begun = await begin({ ...settings, pretrained }, dataset);
  // The checkpoint of --from stands in an epoch of its own batches: they are never changed, like those that flags give.
  const fixed = settings.from ? settings : flags;
  const fitting = settingsThatFit({ settings, backend, model: begun.model }, fixed, say);
  if (settings.data !== null && !settings.pretrained && !settings.initFrom && !settings.from) {
    say(
      'warning  without --pretrained the backbone starts from random weights: that needs far more data',
    );
    if (publishedWeights(settings.arch)) {
      say(`         --pretrained imagenet fetches weights for ${settings.arch}`);
    }
  }
  const release = await createRunDirectory(directory, {
    settings: fitting,
    classNames: dataset.classNames,
    environment: { backend: backend.name, tfjs: tfjsVersion, node: process.version },
  });
  return { settings: fitting, dataset, backend, directory, release, ...begun };
}

/** What a run begins with: weights of files, random ones, or a checkpoint of another run. */
async function begin(
  settings: Settings,
  dataset: Dataset,
): Promise<Pick<Run, 'model' | 'optimizer' | 'average' | 'progress'>> {
  if (!settings.from) {
    const model = await newModel(settings, dataset);
    const optimizer = await optimizerFor(model, settings);
    return { model, optimizer, average: averageFor(model, settings) };
  }
  const origin = await originOf(settings.from);
  const model = await newNetwork(settings, dataset.classNames.length, 'zeros');
  const { velocities, trainingWeights, progress } = await continueFrom(
    origin,
    model,
    settings,
    dataset,
  );
  const average = averageFor(model, settings, trainingWeights);
  const optimizer = await optimizerFor(model, settings, velocities);
  say(`from     ${origin.directory}`);
  sayChanges(origin.settings, settings);
  say(`         epoch ${progress.epoch} of ${settings.totalEpochs}, step ${progress.step}`);
  return { model, optimizer, average, progress };
}

function sayChanges(before: Settings, now: Settings): void {
  for (const key of Object.keys(now) as (keyof Settings)[]) {
    if (key === 'from' || now[key] === before[key]) continue;
    say(`changed  ${flagOf(key)} ${before[key]} → ${now[key]}`);
  }
}

/** The model that a run begins with; the same settings always make the same one. */
async function newModel(settings: Settings, dataset: Dataset): Promise<LayersModel> {
  const model = await newNetwork(settings, dataset.classNames.length, initialWeightsOf(settings));
  say(`weights  ${(await loadInitialWeights(model, settings)) ?? 'random'}`);
  return model;
}

/** What a new network need not draw is zeros: a file brings its backbone, or all of it. */
function initialWeightsOf({ pretrained, initFrom }: Settings): InitialWeights {
  if (initFrom !== null) return 'zeros';
  return pretrained === null ? 'random' : { backbone: 'zeros' };
}

/** Goes on with a run from its last checkpoint, with its settings. Nothing is written before everything has been checked. */
export async function resumeRun(given: Given): Promise<Run> {
  const flags = readDataFlags(given);
  const directory =
    typeof given['out'] === 'string' ? resolve(given['out']) : await newestRun(flags);
  const config = await readRunConfig(directory);
  const settings = resumedSettings(config.settings, flags);
  for (const key of Object.keys(flags) as (keyof Settings)[]) {
    if (settings[key] === config.settings[key]) continue;
    const duration = key === 'totalEpochs' ? 'from now on' : 'this time';
    say(`changed  ${flagOf(key)} ${config.settings[key]} → ${settings[key]}, ${duration}`);
  }
  await checkCache(settings.cache);
  if (given['download']) await downloadDataset(settings, say);
  const dataset = await openDataset(settings, say);
  if (dataset.classNames.join('\n') !== config.classNames.join('\n')) {
    throw new UserError(
      `[fbsd] --resume: the run in ${directory} learned ${config.classNames.length} classes other than the ${dataset.classNames.length} of ${dataset.root}. Give its own data with --data.`,
    );
  }
  const backend = await openBackend(settings, say);
  checkTogether(settings, backend);
  const release = lockRun(directory);
  try {
    const restored = await restore(directory, settings, dataset);
    requireRoom({ settings, backend, model: restored.model }, say);
    const { totalEpochs } = settings;
    if (totalEpochs !== config.settings.totalEpochs) {
      checkLength(restored.progress, totalEpochs);
      say(`schedule ${scheduleChange(config.settings, settings, dataset, restored.progress)}`);
      await writeRunConfig(directory, {
        ...config,
        settings: { ...config.settings, totalEpochs },
      });
    }
    return { settings, dataset, backend, directory, release, ...restored };
  } catch (error) {
    release();
    throw error;
  }
}

/** Loads the last checkpoint of a run; begins anew if the run was killed before its first. */
async function restore(
  directory: string,
  settings: Settings,
  dataset: Dataset,
): Promise<Pick<Run, 'model' | 'optimizer' | 'average' | 'progress'>> {
  const checkpoint = await new DiskRunStore(directory).load('last');
  if (checkpoint === null) {
    say('resumed  from the beginning: the run had not come to a checkpoint');
    return begin(settings, dataset);
  }
  const { model, trainingWeights, velocities, progress } = checkpoint;
  const expected = networkName(settings);
  if (model.name !== expected) {
    throw new UserError(
      `[fbsd] --resume: the checkpoint in ${directory} is ${model.name}, but config.json says ${expected}.`,
    );
  }
  if (!newWeightNames(model)) await markAsNew(model, settings, dataset);
  const optimizer = await optimizerFor(model, settings, velocities);
  const average = averageFor(model, settings, trainingWeights);
  say(`resumed  ${placeIn(settings, progress)}`);
  return { model, optimizer, average, progress };
}

/** Records which layers of a checkpoint are new, for one that was written before checkpoints kept that. */
async function markAsNew(model: LayersModel, settings: Settings, dataset: Dataset): Promise<void> {
  const fresh = await newNetwork(settings, dataset.classNames.length, 'zeros');
  model.setUserDefinedMetadata(fresh.getUserDefinedMetadata());
  fresh.dispose();
}

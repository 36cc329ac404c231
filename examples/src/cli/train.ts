import { join } from 'node:path';
import { fbsd } from '@fbsd/fbsd';
import { version_core as tfjsVersion } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { batchCount, cacheBytes, type Dataset } from '../data/index.ts';
import { bytes } from '../format.ts';
import type { SelectedBackend } from '../train/backend.ts';
import {
  disposeVelocities,
  hasCheckpoint,
  loadCheckpoint,
  type Progress,
} from '../train/checkpoint.ts';
import { loadInitialWeights } from '../train/initial-weights.ts';
import {
  checkOutputDirectory,
  checkpointDirectory,
  createRunDirectory,
  lockRun,
  newestRun,
  readRunConfig,
} from '../train/run-directory.ts';
import { SGD } from '../train/sgd.ts';
import { train as runTraining } from '../train/trainer.ts';
import { all, Board } from './board.ts';
import { flagLines, type Given, parseCommandLine } from './command-line.ts';
import { DOWNLOAD_HELP, downloadDataset, readDataFlags } from './download.ts';
import { FLAGS, helpOf, SWITCHES } from './flags.ts';
import { fromCallerDirectory, openBackend, openDataset, runsOf, say } from './open.ts';
import { ProgressDisplay } from './progress-display.ts';
import { completeSettings, resumedSettings, type Settings } from './settings.ts';
import { summarise } from './summary.ts';

const OWN_FLAGS = {
  download: DOWNLOAD_HELP,
  out: 'folder of the run (default: a new one below runs/)',
  resume: 'go on with the run in --out, or with the newest one',
  help: 'this text',
} as const;

/** The flags by what they are about, in the order of the help text. */
const SECTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Data: {
    ...helpOf(['dataset', 'data']),
    download: OWN_FLAGS.download,
    ...helpOf(['limit', 'skip-corrupt', 'cache', 'aircraft-level', 'crop-banner', 'test-share']),
  },
  Network: helpOf([...['arch', 'image-size', 'pretrained', 'init-from', 'alpha', 'beta', 'gamma']]),
  Training: helpOf([
    ...['epochs', 'batch-size', 'accumulate', 'learning-rate', 'pretrained-learning-rate'],
    ...['schedule', 'warmup-steps', 'momentum', 'weight-decay', 'patience', 'seed'],
  ]),
  Run: {
    'out …': OWN_FLAGS.out,
    resume: OWN_FLAGS.resume,
    ...helpOf(['backend', 'allow-software', 'precision', 'log-every', 'eval-every', 'save-every']),
    help: OWN_FLAGS.help,
  },
};

export const HELP = `Trains FBSD (Feature Boosting, Suppression and Diversification).

Usage: fbsd train [flags]      or, in the repository: npm run cub -- [flags]

${Object.entries(SECTIONS)
  .map(([section, flags]) => `${section}\n${flagLines(flags)}\n`)
  .join('\n')}
What is not given comes from examples/<data set>/mini.json, or with --data or --download from
examples/<data set>/<data set>.json (the published settings).
`;

/** The `train` command. @returns the exit code */
export async function train(args: readonly string[]): Promise<number> {
  const { given } = parseCommandLine(args, NAMES);
  if (given['help']) {
    process.stdout.write(HELP);
    return 0;
  }
  const run = given['resume'] ? await resumeRun(given) : await newRun(given);
  const { settings, dataset, model, optimizer, directory, progress, release } = run;
  const batchesPerEpoch = batchCount(dataset.train.length, settings.batchSize, true);
  const display = new ProgressDisplay({
    totalEpochs: settings.totalEpochs,
    batchesPerEpoch,
    stepsPerEpoch: Math.ceil(batchesPerEpoch / settings.accumulate),
    testImages: dataset.test.length,
  });
  display.say(`run      ${directory}`);
  if (settings.cache) {
    const room = cacheBytes(dataset.train.length + dataset.test.length, settings.imageSize);
    display.say(
      `cache    ${fromCallerDirectory(settings.cache)}, ${bytes(room)} with all pictures`,
    );
  }
  const board = new Board(directory, progress?.step ?? 0);

  const interrupt = new AbortController();
  const onInterrupt = () => {
    process.off('SIGINT', onInterrupt); // the second Ctrl-C ends the process at once
    display.say('Ctrl-C: finishing this step and writing a checkpoint …');
    interrupt.abort();
  };
  process.on('SIGINT', onInterrupt);
  const started = performance.now();
  try {
    const result = await runTraining({
      ...settings,
      model,
      optimizer,
      dataset,
      runDirectory: directory,
      cache: settings.cache && fromCallerDirectory(settings.cache),
      ...(progress && { progress }),
      signal: interrupt.signal,
      listener: all(display, board),
    });
    display.end();
    if (!result.finished) {
      display.say(
        `Stopped after step ${result.progress.step}. Go on with: npm run ${settings.dataset} -- --resume --out ${directory}`,
      );
      return 130;
    }
    const seconds = (performance.now() - started) / 1000;
    await summarise({ ...run, result, seconds, board, say: display.say });
    return 0;
  } catch (error) {
    throw isDiskFull(error) ? diskFull(error, settings, directory) : error;
  } finally {
    display.end();
    process.off('SIGINT', onInterrupt);
    optimizer.dispose();
    model.dispose();
    release();
  }
}

function isDiskFull(error: unknown): error is NodeJS.ErrnoException {
  return ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function diskFull(cause: Error, { dataset }: Settings, directory: string): Error {
  return new Error(
    `[fbsd] the disk is full (${cause.message}). The last checkpoint, if there is one, is whole: make room, then go on with npm run ${dataset} -- --resume --out ${directory}`,
    { cause },
  );
}

interface Run {
  settings: Settings;
  dataset: Dataset;
  backend: SelectedBackend;
  model: LayersModel;
  optimizer: SGD;
  directory: string;
  progress?: Progress;
  /** Lets other processes write to the directory. */
  release(): void;
}

const NAMES = {
  values: [...Object.keys(FLAGS), 'out'],
  switches: [...Object.keys(SWITCHES), 'download', 'resume', 'help'],
};

/** Checks everything, then makes what training needs. Nothing is written before the checks passed. */
async function newRun(given: Given): Promise<Run> {
  const flags = readDataFlags(given);
  const settings = await completeSettings(flags.dataset ?? 'cub', flags);
  const directory =
    typeof given['out'] === 'string'
      ? fromCallerDirectory(given['out'])
      : join(runsOf(settings), new Date().toISOString().slice(0, 19).replaceAll(':', '-'));
  await checkOutputDirectory(directory, ', or go on with the run in it with --resume');
  if (given['download']) await downloadDataset(settings, say);
  const dataset = await openDataset(settings, say);
  const backend = await openBackend(settings, say);
  const model = await newModel(settings, dataset);
  if (settings.data !== null && !settings.pretrained && !settings.initFrom) {
    say(
      'warning  without --pretrained the backbone starts from random weights: that needs far more data',
    );
  }
  const release = await createRunDirectory(directory, {
    settings,
    classNames: dataset.classNames,
    environment: { backend: backend.name, tfjs: tfjsVersion, node: process.version },
  });
  const optimizer = new SGD(model, settings);
  return { settings, dataset, backend, model, optimizer, directory, release };
}

/** The model that a run begins with; the same settings always make the same one. */
async function newModel(settings: Settings, dataset: Dataset): Promise<LayersModel> {
  const { pretrained, initFrom } = settings;
  const model = fbsd({ ...settings, classes: dataset.classNames.length });
  const loaded = await loadInitialWeights(model, {
    pretrained: pretrained && fromCallerDirectory(pretrained),
    initFrom: initFrom && fromCallerDirectory(initFrom),
  });
  say(`weights  ${loaded ?? 'random'}`);
  return model;
}

async function resumeRun(given: Given): Promise<Run> {
  const flags = readDataFlags(given);
  const parent = runsOf({ dataset: flags.dataset ?? 'cub', data: flags.data ?? null });
  const directory =
    typeof given['out'] === 'string' ? fromCallerDirectory(given['out']) : await newestRun(parent);
  if (directory === null) {
    throw new Error(`[fbsd] --resume: there is no run in ${parent}. Name one with --out.`);
  }
  const config = await readRunConfig<Settings>(directory);
  const settings = resumedSettings(config.settings, flags);
  for (const key of Object.keys(flags) as (keyof Settings)[]) {
    if (settings[key] === config.settings[key]) continue;
    say(`changed  ${key}: ${config.settings[key]} → ${settings[key]}, this time`);
  }
  if (given['download']) await downloadDataset(settings, say);
  const dataset = await openDataset(settings, say);
  if (dataset.classNames.join('\n') !== config.classNames.join('\n')) {
    throw new Error(
      `[fbsd] --resume: the run in ${directory} learned ${config.classNames.length} classes other than the ${dataset.classNames.length} of ${dataset.root}. Give its own data with --data.`,
    );
  }
  const backend = await openBackend(settings, say);
  const release = lockRun(directory);
  try {
    const restored = await restore(directory, settings, dataset);
    return { settings, dataset, backend, directory, release, ...restored };
  } catch (error) {
    release();
    throw error;
  }
}

/** Where the last checkpoint of a run stands; the beginning, if it was killed before the first. */
async function restore(
  directory: string,
  settings: Settings,
  dataset: Dataset,
): Promise<Pick<Run, 'model' | 'optimizer' | 'progress'>> {
  const checkpoint = checkpointDirectory(directory, 'last');
  if (!hasCheckpoint(checkpoint)) {
    const model = await newModel(settings, dataset);
    say('resumed  from the beginning: the run had not come to a checkpoint');
    return { model, optimizer: new SGD(model, settings) };
  }
  const { model, velocities, progress } = await loadCheckpoint(checkpoint);
  const expected = `fbsd_${settings.arch}`;
  if (model.name !== expected) {
    throw new Error(
      `[fbsd] --resume: the checkpoint in ${directory} is ${model.name}, but config.json says ${expected}.`,
    );
  }
  const optimizer = new SGD(model, settings);
  optimizer.setVelocities(velocities);
  disposeVelocities(velocities);
  say(`resumed  epoch ${progress.epoch} of ${settings.totalEpochs}, step ${progress.step}`);
  return { model, optimizer, progress };
}

import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { version_core as tfjsVersion } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { batchCount, type Dataset, ensureMiniCub, loadCub } from '../data/index.ts';
import { fbsd } from '../model/fbsd.ts';
import { type SelectedBackend, selectBackend } from '../train/backend.ts';
import { disposeVelocities, loadCheckpoint, type Progress } from '../train/checkpoint.ts';
import { loadInitialWeights } from '../train/initial-weights.ts';
import {
  checkpointDirectory,
  checkRunDirectory,
  createRunDirectory,
  newestRun,
  readRunConfig,
} from '../train/run-directory.ts';
import { SGD } from '../train/sgd.ts';
import { train as runTraining } from '../train/trainer.ts';
import { ProgressDisplay } from './progress-display.ts';
import {
  completeSettings,
  FLAGS,
  readFlags,
  resumedSettings,
  type Settings,
  SWITCHES,
} from './settings.ts';
import { summarise } from './summary.ts';

const OUTPUT_FLAGS = {
  out: 'folder of the run (default: a new one below runs/)',
  resume: 'go on with the run in --out, or with the newest one',
  help: 'this text',
} as const;

export const HELP = `Trains FBSD (Feature Boosting, Suppression and Diversification).

Usage: fbsd train [flags]      or, in the repository: npm run cub -- [flags]

${Object.entries({
  ...Object.fromEntries(Object.entries(FLAGS).map(([name, { help }]) => [`${name} …`, help])),
  ...SWITCHES,
  'out …': OUTPUT_FLAGS.out,
  resume: OUTPUT_FLAGS.resume,
  help: OUTPUT_FLAGS.help,
})
  .map(([flag, help]) => `  --${flag.padEnd(28)} ${help}`)
  .join('\n')}

What is not given comes from examples/<data set>/mini.json, or with --data from
examples/<data set>/<data set>.json (the published settings).
`;

/** The `train` command. @returns the exit code */
export async function train(args: readonly string[]): Promise<number> {
  const given = parse(args);
  if (given['help']) {
    process.stdout.write(HELP);
    return 0;
  }
  const run = given['resume'] ? await resumeRun(given) : await newRun(given);
  const { settings, dataset, model, optimizer, directory, progress } = run;
  const batchesPerEpoch = batchCount(dataset.train.length, settings.batchSize, true);
  const display = new ProgressDisplay({
    totalEpochs: settings.totalEpochs,
    batchesPerEpoch,
    stepsPerEpoch: Math.ceil(batchesPerEpoch / settings.accumulate),
    testImages: dataset.test.length,
  });
  display.say(`run      ${directory}`);

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
      ...(progress && { progress }),
      signal: interrupt.signal,
      listener: display,
    });
    display.end();
    if (!result.finished) {
      display.say(
        `Stopped after step ${result.progress.step}. Go on with: npm run ${settings.dataset} -- --resume --out ${directory}`,
      );
      return 130;
    }
    const seconds = (performance.now() - started) / 1000;
    await summarise({ ...run, result, seconds, say: display.say });
    return 0;
  } finally {
    display.end();
    process.off('SIGINT', onInterrupt);
    optimizer.dispose();
    model.dispose();
  }
}

interface Run {
  settings: Settings;
  dataset: Dataset;
  backend: SelectedBackend;
  model: LayersModel;
  optimizer: SGD;
  directory: string;
  progress?: Progress;
}

type Given = Record<string, string | boolean>;

function parse(args: readonly string[]): Given {
  const options: Record<string, { type: 'string' | 'boolean' }> = {
    out: { type: 'string' },
    resume: { type: 'boolean' },
    help: { type: 'boolean' },
  };
  for (const name of Object.keys(FLAGS)) options[name] = { type: 'string' };
  for (const name of Object.keys(SWITCHES)) options[name] = { type: 'boolean' };
  try {
    return parseArgs({ args: [...args], options, strict: true }).values as Given;
  } catch (error) {
    throw new Error(`[fbsd] ${(error as Error).message.split('. ')[0]}. See --help for the flags.`);
  }
}

/** Checks everything, then makes what training needs. Nothing is written before the checks passed. */
async function newRun(given: Given): Promise<Run> {
  const flags = readFlags(given);
  const settings = await completeSettings(flags.dataset ?? 'cub', flags);
  const directory =
    typeof given['out'] === 'string'
      ? fromCallerDirectory(given['out'])
      : join(runsOf(settings), new Date().toISOString().slice(0, 19).replaceAll(':', '-'));
  await checkRunDirectory(directory);
  const dataset = await openDataset(settings);
  const backend = await openBackend(settings);
  const model = fbsd({ ...settings, classes: dataset.classNames.length });
  say(
    `weights  ${
      (await loadInitialWeights(model, {
        pretrained: settings.pretrained && fromCallerDirectory(settings.pretrained),
        initFrom: settings.initFrom && fromCallerDirectory(settings.initFrom),
      })) ?? 'random'
    }`,
  );
  if (settings.data !== null && !settings.pretrained && !settings.initFrom) {
    say(
      'warning  without --pretrained the backbone starts from random weights: that needs far more data',
    );
  }
  await createRunDirectory(directory, {
    settings,
    classNames: dataset.classNames,
    environment: { backend: backend.name, tfjs: tfjsVersion, node: process.version },
  });
  return { settings, dataset, backend, model, optimizer: new SGD(model, settings), directory };
}

async function resumeRun(given: Given): Promise<Run> {
  const flags = readFlags(given);
  const parent = runsOf({ dataset: flags.dataset ?? 'cub', data: flags.data ?? null });
  const directory =
    typeof given['out'] === 'string' ? fromCallerDirectory(given['out']) : await newestRun(parent);
  if (directory === null) {
    throw new Error(`[fbsd] --resume: there is no run in ${parent}. Name one with --out.`);
  }
  const config = await readRunConfig<Settings>(directory);
  const settings = resumedSettings(config.settings, flags);
  const dataset = await openDataset(settings);
  if (dataset.classNames.join('\n') !== config.classNames.join('\n')) {
    throw new Error(
      `[fbsd] --resume: the run in ${directory} learned ${config.classNames.length} classes other than the ${dataset.classNames.length} of ${dataset.root}. Give its own data with --data.`,
    );
  }
  const backend = await openBackend(settings);
  const { model, velocities, progress } = await loadCheckpoint(
    checkpointDirectory(directory, 'last'),
  );
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
  return { settings, dataset, backend, model, optimizer, directory, progress };
}

async function openDataset({ data, skipCorrupt }: Settings): Promise<Dataset> {
  const root = data === null ? resolve('data/mini-cub') : fromCallerDirectory(data);
  if (data === null) {
    const onProgress = (done: number, total: number) => {
      if (done === 1) say(`data     drawing ${total} birds …`);
    };
    const { drawn } = await ensureMiniCub(root, { onProgress });
    say(`data     mini-CUB in ${root} (${drawn ? 'drawn now' : 'drawn before'})`);
  } else {
    say(`data     ${root}`);
  }
  const dataset = await loadCub(root, { skipCorrupt });
  say(
    `         ${dataset.classNames.length} classes, ${dataset.train.length} training and ${dataset.test.length} test images`,
  );
  for (const warning of dataset.warnings) say(`warning  ${warning}`);
  return dataset;
}

async function openBackend({ backend: requested, precision }: Settings): Promise<SelectedBackend> {
  const backend = await selectBackend(requested, precision);
  say(`backend  ${backend.description}`);
  if (backend.advice) say(`         ${backend.advice}`);
  return backend;
}

function runsOf({ dataset, data }: Pick<Settings, 'dataset' | 'data'>): string {
  return resolve('runs', data === null ? `mini-${dataset}` : dataset);
}

/** npm runs scripts in the package's folder; what the user typed is relative to where they were. */
function fromCallerDirectory(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? '.', path);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

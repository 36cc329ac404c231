import { diskPictures } from '@fbsd/datasets';
import { fbsd, headNames } from '@fbsd/fbsd';
import {
  batches,
  type Dataset,
  type Evaluation,
  evaluate as runEvaluation,
  UserError,
} from '@fbsd/trainer';
import { count, percent } from '@fbsd/trainer/format';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { accuracyTable } from '../display/accuracy-table.ts';
import { type Say, say, sayAside } from '../display/say.ts';
import { loadInitialWeights } from '../run/initial-weights.ts';
import { readRunConfig, runOf } from '../run/run-directory.ts';
import { findTrainedModel, forInference, loadTrainedModel } from '../run/trained-model.ts';
import { flagLines, type Given, parseCommandLine } from '../settings/command-line.ts';
import { helpOf } from '../settings/flags.ts';
import { completeSettings, type Settings } from '../settings/settings.ts';
import { DOWNLOAD_HELP, downloadDataset, readDataFlags } from '../setup/download.ts';
import { datasetOf, openBackend, openDataset } from '../setup/open.ts';
import { MODEL_HELP, modelFolder } from '../setup/trained.ts';
import { forUser } from '../user-errors.ts';

/** Flags of training that mean the same here. */
const SHARED = {
  values: [
    'dataset',
    'data',
    'aircraft-level',
    'test-share',
    'seed',
    'limit',
    'init-from',
    'arch',
    'image-size',
    'batch-size',
    'backend',
    'precision',
  ],
  switches: ['skip-corrupt', 'crop-banner', 'allow-software'],
};

export const EVALUATE_HELP = `Tests a model on the test images of a data set.

Usage: fbsd evaluate [flags]

${flagLines({
  'model …': MODEL_HELP,
  ...helpOf([...SHARED.values, ...SHARED.switches]),
  download: DOWNLOAD_HELP,
  json: 'everything as JSON on standard output',
  help: 'this text',
})}

A run knows its data set; --data names it anew where the folder has moved. With --init-from a PyTorch
file is tested: give --data, and --arch and --image-size where they are not the published ones.
`;

/** Classes that are listed, those that were recognised least. */
const HARDEST = 10;

/** The `evaluate` command. @returns the exit code */
export async function evaluate(args: readonly string[]): Promise<number> {
  const { given } = parseCommandLine(args, {
    values: [...SHARED.values, 'model'],
    switches: [...SHARED.switches, 'download', 'json', 'help'],
  });
  if (given['help']) {
    process.stdout.write(EVALUATE_HELP);
    return 0;
  }
  const tell = given['json'] ? sayAside : say;
  const { dataset, imageSize, batchSize, source, ...opened } =
    'init-from' in given ? await openWeights(given, tell) : await openRun(given, tell);
  const model = forInference(opened.model);
  try {
    const evaluation = await runEvaluation(
      model,
      batches(dataset.test, {
        pictures: diskPictures,
        imageSize,
        batchSize,
        train: false,
        reuseMemory: true,
      }),
      dataset.classNames.length,
    );
    if (given['json']) {
      process.stdout.write(`${JSON.stringify(result(evaluation, dataset, source), null, 2)}\n`);
    } else {
      say('');
      say(`Test accuracy on ${count(evaluation.count)} images of ${dataset.name}`);
      for (const line of [...accuracyTable(evaluation), ...hardest(evaluation, dataset)]) say(line);
    }
    return 0;
  } finally {
    model.dispose();
  }
}

interface Evaluated {
  model: LayersModel;
  dataset: Dataset;
  imageSize: number;
  batchSize: number;
  /** Folder or file that the model comes from. */
  source: string;
}

/** The model of a run, on the data set that it was trained on or another with the same classes. */
async function openRun(commandLine: Given, tell: Say): Promise<Evaluated> {
  const flags = readDataFlags(commandLine);
  const folder = await modelFolder(commandLine);
  findTrainedModel(folder); // before anything is fetched or drawn for it
  const run = runOf(folder);
  const stored = run === null ? {} : (await readRunConfig<Settings>(run)).settings;
  const given = { ...stored, ...flags };
  const settings = completeSettings(await datasetOf(given), given);
  if (commandLine['download']) await downloadDataset(settings, tell);
  const dataset = await openDataset(settings, tell);
  await openBackend(settings, tell);
  const { model, classNames, imageSize, directory } = await loadTrainedModel(folder);
  tell(`model    ${directory}`);
  if (classNames.join('\n') !== dataset.classNames.join('\n')) {
    model.dispose();
    throw new UserError(
      `[fbsd] the model in ${directory} knows ${classNames.length} classes other than the ${dataset.classNames.length} of ${dataset.root}. Name its data set with --data.`,
    );
  }
  return { model, dataset, imageSize, batchSize: settings.batchSize, source: directory };
}

/** A new model with the weights of a PyTorch file. */
async function openWeights(given: Given, tell: Say): Promise<Evaluated> {
  if ('model' in given) {
    throw new UserError('[fbsd] --model and --init-from both name a model: give one of them.');
  }
  const flags = readDataFlags(given);
  const settings = completeSettings(await datasetOf(flags), flags);
  const file = settings.initFrom as string;
  if (given['download']) await downloadDataset(settings, tell);
  const dataset = await openDataset(settings, tell);
  await openBackend(settings, tell);
  const { arch, imageSize, batchSize, alpha, beta, gamma } = settings;
  const classes = dataset.classNames.length;
  const model = await forUser(() => fbsd({ arch, classes, imageSize, alpha, beta, gamma }));
  const loaded = await loadInitialWeights(model, { pretrained: null, initFrom: file });
  tell(`weights  ${loaded}`);
  return { model, dataset, imageSize, batchSize, source: file };
}

/** The evaluation by the names of heads and classes. */
function result(evaluation: Evaluation, { name, classNames }: Dataset, source: string) {
  const { heads, headsTop5, losses, accuracy, top5, confusion, count } = evaluation;
  const names = headNames(heads.length);
  return {
    model: source,
    dataset: name,
    images: count,
    accuracy,
    top5,
    heads: heads.map((share, i) => ({
      name: names[i],
      accuracy: share,
      top5: headsTop5?.[i] ?? null,
      crossEntropy: losses[i],
    })),
    classes: perClass(evaluation, classNames),
    confusion,
  };
}

interface ClassResult {
  name: string;
  images: number;
  /** Share of them that was recognised; null without images. */
  accuracy: number | null;
}

function perClass({ confusion }: Evaluation, names: readonly string[]): ClassResult[] {
  return confusion.map((row, label) => {
    const images = row.reduce((sum, n) => sum + n, 0);
    const accuracy = images === 0 ? null : (row[label] as number) / images;
    return { name: names[label] as string, images, accuracy };
  });
}

/** The classes that were recognised least, and the class that each was mostly taken for, as lines. */
function hardest(evaluation: Evaluation, { classNames }: Dataset): string[] {
  const missed = perClass(evaluation, classNames)
    .map((result, label) => ({ ...result, label }))
    .filter(({ accuracy }) => accuracy !== null && accuracy < 1)
    .sort((a, b) => (a.accuracy as number) - (b.accuracy as number))
    .slice(0, HARDEST);
  if (missed.length === 0) return [];
  const width = Math.max(...missed.map(({ name }) => name.length));
  const lines = missed.map(({ name, label, images, accuracy }) => {
    const row = (evaluation.confusion[label] as number[]).map((n, i) => (i === label ? 0 : n));
    const most = Math.max(...row);
    const rival = `${classNames[row.indexOf(most)]} (${most})`;
    return `  ${name.padEnd(width)} ${percent(accuracy as number).padStart(6)} of ${images}, mostly taken for ${rival}`;
  });
  return ['', 'Recognised least', ...lines];
}

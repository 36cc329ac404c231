import { diskPicturesWithin } from '@fbsd/datasets';
import { fbsd } from '@fbsd/fbsd';
import {
  batches,
  type Dataset,
  type Evaluation,
  evaluate as runEvaluation,
  UserError,
} from '@fbsd/trainer';
import { count, percent } from '@fbsd/trainer/format';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { SelectedBackend } from '../backend/select-backend.ts';
import { accuracyTable } from '../display/accuracy-table.ts';
import { JSON_HELP, JsonOutput } from '../display/json-output.ts';
import { printable } from '../display/printable.ts';
import { type Say, say } from '../display/say.ts';
import { evaluationJson, perClass } from '../report/evaluation-json.ts';
import { loadInitialWeights } from '../run/initial-weights.ts';
import { forInference } from '../run/trained-model.ts';
import { flagLines, type Given, parseCommandLine } from '../settings/command-line.ts';
import { helpOf } from '../settings/help.ts';
import { completeSettings, type Settings } from '../settings/settings.ts';
import { checkGiven } from '../setup/check-given.ts';
import { DATA_FLAGS, openDataOf, requireSameClasses } from '../setup/data-of-run.ts';
import { DOWNLOAD_HELP, downloadDataset, readDataFlags } from '../setup/download.ts';
import { imagesAtOnce } from '../setup/images-at-once.ts';
import { datasetOf, openBackend, openDataset } from '../setup/open.ts';
import {
  MODEL_HELP,
  modelFolder,
  openClassifier,
  requireUsualPreprocessing,
} from '../setup/trained.ts';
import { forUser } from '../user-errors.ts';

/** Flags of training that mean the same here. */
const SHARED = {
  values: [
    ...DATA_FLAGS.values,
    'init-from',
    'arch',
    'image-size',
    'batch-size',
    'max-pixels',
    'backend',
    'precision',
    'tta',
  ],
  switches: [...DATA_FLAGS.switches, 'allow-software'],
};

export const EVALUATE_HELP = `Tests a model on the test images of a data set.

Usage: fbsd evaluate [flags]

${flagLines({
  'model DIR': MODEL_HELP,
  ...helpOf([...SHARED.values, ...SHARED.switches]),
  download: DOWNLOAD_HELP,
  ...JSON_HELP,
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
    switches: [...SHARED.switches, 'download', 'help'],
    files: ['json'],
  });
  if (given['help']) {
    process.stdout.write(EVALUATE_HELP);
    return 0;
  }
  const json = await JsonOutput.of(given['json']);
  const { model, dataset, imageSize, maxPixels, tta, backend, source, ...wished } =
    'init-from' in given ? await openWeights(given, json.say) : await openRun(given, json.say);
  try {
    if (dataset.test.length === 0) {
      throw new UserError(
        `[fbsd] evaluate: ${dataset.root} has no test images. Name others with --data.`,
      );
    }
    const batchSize = imagesAtOnce(
      {
        model,
        backend,
        batchSize: Math.min(wished.batchSize, dataset.test.length),
        given: 'batch-size' in given,
      },
      json.say,
    );
    const evaluation = await runEvaluation(
      model,
      batches(dataset.test, {
        pictures: diskPicturesWithin({ maxPixels }),
        imageSize,
        batchSize,
        train: false,
        reuseMemory: true,
      }),
      dataset.classNames.length,
      undefined,
      { flip: tta === 'flip' },
    );
    if (!json.alone) {
      say('');
      const mirrored = tta === 'flip' ? ', each with its mirror image' : '';
      say(
        `Test accuracy on ${count(evaluation.count)} images of ${printable(dataset.name)}${mirrored}`,
      );
      for (const line of [...accuracyTable(evaluation), ...hardest(evaluation, dataset)]) say(line);
    }
    await json.write(evaluationJson(evaluation, dataset, source, tta));
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
  maxPixels: number;
  /** As the flag says, or else as the run was tested. */
  tta: Settings['tta'];
  backend: SelectedBackend;
  /** Folder or file that the model comes from. */
  source: string;
}

/** The model of a run, on the data set that it was trained on or another with the same classes. */
async function openRun(commandLine: Given, tell: Say): Promise<Evaluated> {
  for (const name of ['arch', 'image-size']) {
    if (name in commandLine) {
      throw new UserError(
        `[fbsd] --${name} is for --init-from: a run knows its own. Leave it out.`,
      );
    }
  }
  const folder = await modelFolder(commandLine, readDataFlags(commandLine));
  const data = await openDataOf(folder, commandLine, tell);
  if (data === null) {
    throw new UserError(
      `[fbsd] the model in ${folder} lies in no run, which would say what it learned from. Name its data set with --data.`,
    );
  }
  const { settings, dataset } = data;
  const backend = await openBackend(settings, tell);
  const opened = await openClassifier(folder);
  const { model, imageSize, directory } = opened;
  tell(`model    ${printable(directory)}`);
  try {
    requireUsualPreprocessing('evaluate', opened);
    requireSameClasses(opened, dataset, commandLine);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return {
    model,
    dataset,
    imageSize,
    batchSize: settings.batchSize,
    maxPixels: settings.maxPixels,
    tta: settings.tta,
    backend,
    source: directory,
  };
}

/** A new model with the weights of a PyTorch file. */
async function openWeights(given: Given, tell: Say): Promise<Evaluated> {
  if ('model' in given) {
    throw new UserError('[fbsd] --model and --init-from both name a model: give one of them.');
  }
  const flags = readDataFlags(given);
  const settings = completeSettings(await datasetOf(flags), flags);
  const file = settings.initFrom as string;
  await checkGiven(settings, flags);
  if (given['download']) await downloadDataset(settings, tell);
  const dataset = await openDataset(settings, tell);
  const backend = await openBackend(settings, tell);
  const { arch, imageSize, batchSize, maxPixels, tta, alpha, beta, gamma } = settings;
  const classes = dataset.classNames.length;
  const options = { arch, classes, imageSize, alpha, beta, gamma };
  const model = await forUser(() => fbsd({ ...options, initialWeights: 'zeros' }));
  const loaded = await loadInitialWeights(model, { pretrained: null, initFrom: file });
  tell(`weights  ${loaded}`);
  return {
    model: forInference(model),
    dataset,
    imageSize,
    batchSize,
    maxPixels,
    tta,
    backend,
    source: file,
  };
}

/** The classes that were recognised least, and the class that each was mostly taken for, as lines. */
function hardest(evaluation: Evaluation, { classNames }: Dataset): string[] {
  const missed = perClass(evaluation, classNames)
    .map((result, label) => ({ ...result, label }))
    .filter(({ accuracy }) => accuracy !== null && accuracy < 1)
    .sort((a, b) => (a.accuracy as number) - (b.accuracy as number))
    .slice(0, HARDEST);
  if (missed.length === 0) return [];
  const width = Math.max(...missed.map(({ name }) => printable(name).length));
  const lines = missed.map(({ name, label, images, accuracy }) => {
    const row = (evaluation.confusion[label] as number[]).map((n, i) => (i === label ? 0 : n));
    const most = Math.max(...row);
    const rival = `${printable(classNames[row.indexOf(most)] as string)} (${most})`;
    return `  ${printable(name).padEnd(width)} ${percent(accuracy as number).padStart(6)} of ${images}, mostly taken for ${rival}`;
  });
  return ['', 'Recognised least', ...lines];
}

import { join } from 'node:path';
import { diskPicturesWithin } from '@fbsd/datasets';
import { batches, type Dataset, type Evaluation, evaluate, type Progress } from '@fbsd/trainer';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { nodeDisk } from '../disk/disk.ts';
import { replaceFile } from '../disk/durable.ts';
import { checkpointDirectory } from '../run/run-directory.ts';
import { loadTrainedModel } from '../run/trained-model.ts';
import type { Settings } from '../settings/settings.ts';
import { evaluationJson } from './evaluation-json.ts';

/** The file of a run with the result on its test images: {@link FinalResult}. */
export const TEST_FILE = 'test.json';

/** The content of {@link TEST_FILE}: what `fbsd evaluate --json` writes, and the epoch that it is of. */
export type FinalResult = ReturnType<typeof evaluationJson> & { epoch: number };

export interface FinalTestArgs {
  /** As it is after the last epoch. */
  model: LayersModel;
  settings: Settings;
  dataset: Dataset;
  /** Folder of the run. */
  directory: string;
  progress: Progress;
  /** Of the last epoch's test or validation, where it was made just now. */
  lastTest: Evaluation | null;
}

/** The test that a run ends with. */
export interface FinalTest {
  /** The model that was tested. */
  model: LayersModel;
  /** The epoch that it is of. */
  epoch: number;
  /** Null where there are no test images. */
  evaluation: Evaluation | null;
}

/**
 * Tests a run that has come to its end, and keeps the result as {@link TEST_FILE}. Without a validation split the model
 * is that of the last epoch; with one it is the best by it, which meets the test images here for the first time.
 *
 * @param use is given the test; a model that was loaded for it is disposed after that
 */
export async function withFinalTest(
  args: FinalTestArgs,
  use: (test: FinalTest) => Promise<void>,
): Promise<void> {
  const { dataset, directory, progress } = args;
  const best = dataset.validation && progress.best;
  if (!best) {
    const done = dataset.validation ? null : args.lastTest;
    return use(await test(args, args.model, 'last', progress.epoch - 1, done));
  }
  const { model } = await loadTrainedModel(checkpointDirectory(directory, 'best'));
  try {
    await use(await test(args, model, 'best', best.epoch, null));
  } finally {
    model.dispose();
  }
}

async function test(
  { settings, dataset, directory }: FinalTestArgs,
  model: LayersModel,
  checkpoint: 'last' | 'best',
  epoch: number,
  done: Evaluation | null,
): Promise<FinalTest> {
  if (dataset.test.length === 0) return { model, epoch, evaluation: null };
  const { imageSize, batchSize } = settings;
  const pictures = diskPicturesWithin(settings);
  const images = batches(dataset.test, { pictures, imageSize, batchSize, train: false });
  const flip = settings.tta === 'flip';
  const classes = dataset.classNames.length;
  const evaluation = done ?? (await evaluate(model, images, classes, undefined, { flip }));
  const source = join('checkpoints', checkpoint);
  const result: FinalResult = {
    ...evaluationJson(evaluation, dataset, source, settings.tta),
    epoch,
  };
  await replaceFile(nodeDisk, directory, TEST_FILE, `${JSON.stringify(result, null, 2)}\n`);
  return { model, epoch, evaluation };
}

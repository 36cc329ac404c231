import { diskPicturesWithin } from '@fbsd/datasets';
import { batches, type Dataset, type Evaluation, evaluate, type Progress } from '@fbsd/trainer';
import { checkpointPath } from '@fbsd/trainer/run-files';
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
 * Tests a run that has come to its end. Without a validation split the model is that of the last epoch; with one it is the
 * best by it, which meets the test images here for the first time.
 *
 * @param use is given the test; after it the result is kept as {@link TEST_FILE}, which says that all is done, and a model
 *   that was loaded for the test is disposed
 */
export async function withFinalTest(
  args: FinalTestArgs,
  use: (test: FinalTest) => Promise<void>,
): Promise<void> {
  const { settings, dataset, directory, progress } = args;
  const best = dataset.validation ? progress.best : null;
  const loaded = best && (await loadTrainedModel(checkpointDirectory(directory, 'best')));
  try {
    const model = loaded?.model ?? args.model;
    const epoch = best?.epoch ?? progress.epoch - 1;
    const done = dataset.validation ? null : args.lastTest;
    const evaluation = done ?? (await test(model, settings, dataset));
    await use({ model, epoch, evaluation });
    if (!evaluation) return;
    const source = checkpointPath(best ? 'best' : 'last');
    const json = evaluationJson(evaluation, dataset, source, settings.tta);
    const result: FinalResult = { ...json, epoch };
    await replaceFile(nodeDisk, directory, TEST_FILE, `${JSON.stringify(result, null, 2)}\n`);
  } finally {
    loaded?.model.dispose();
  }
}

async function test(
  model: LayersModel,
  settings: Settings,
  dataset: Dataset,
): Promise<Evaluation | null> {
  if (dataset.test.length === 0) return null;
  const { imageSize, batchSize, tta } = settings;
  const pictures = diskPicturesWithin(settings);
  const images = batches(dataset.test, { pictures, imageSize, batchSize, train: false });
  const flip = tta === 'flip';
  return evaluate(model, images, dataset.classNames.length, undefined, { flip });
}

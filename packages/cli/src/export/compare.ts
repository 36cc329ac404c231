import { diskPicturesWithin } from '@fbsd/datasets';
import { headNames } from '@fbsd/fbsd';
import { batches, type Dataset, evaluate, UserError } from '@fbsd/trainer';
import { count, percent } from '@fbsd/trainer/format';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { printable } from '../display/printable.ts';
import type { Settings } from '../settings/settings.ts';

/** The shares of the test images that a model puts into their class. */
interface Accuracy {
  /** By the sum of all heads' logits. */
  accuracy: number;
  /** By each head alone. */
  heads: { name: string; accuracy: number }[];
}

/** Accuracies on the same test images. */
export interface Comparison {
  /** Name of the data set. */
  dataset: string;
  /** How many test images it has. */
  images: number;
  /** Of the model as it was trained. */
  before: Accuracy;
  /** Of the model as it is read from the files. */
  after: Accuracy;
}

/** How test images are read. */
export type Reading = Pick<Settings, 'batchSize' | 'maxPixels'>;

/**
 * Tests a model and what is read from its export on the test images of a data set.
 *
 * @throws UserError when there are none
 */
export async function compare(
  model: LayersModel,
  read: () => Promise<LayersModel>,
  dataset: Dataset,
  reading: Reading,
): Promise<Comparison> {
  if (dataset.test.length === 0) {
    throw new UserError(
      `[fbsd] export: ${dataset.root} has no test images to test the rounded model on. Name others with --data.`,
    );
  }
  const before = await accuracyOf(model, dataset, reading);
  const exported = await read();
  const after = await accuracyOf(exported, dataset, reading);
  exported.dispose();
  return { dataset: dataset.name, images: dataset.test.length, before, after };
}

async function accuracyOf(
  model: LayersModel,
  dataset: Dataset,
  { batchSize, maxPixels }: Reading,
): Promise<Accuracy> {
  const imageSize = model.inputs[0]?.shape[1] as number;
  const pictures = diskPicturesWithin({ maxPixels });
  const options = { pictures, imageSize, batchSize, train: false, reuseMemory: true };
  const images = batches(dataset.test, options);
  const { accuracy, heads } = await evaluate(model, images, dataset.classNames.length);
  const names = headNames(heads.length);
  return {
    accuracy,
    heads: heads.map((share, i) => ({ name: names[i] as string, accuracy: share })),
  };
}

/** Both side by side, as lines. */
export function comparisonTable({ dataset, images, before, after }: Comparison): string[] {
  const line = (name: string, ...columns: string[]) =>
    `  ${name.padEnd(18)} ${columns.map((column) => column.padStart(6)).join('  ')}`;
  return [
    '',
    `Test accuracy on ${count(images)} images of ${printable(dataset)}`,
    line('', 'before', 'after'),
    ...before.heads.map(({ name, accuracy }, i) =>
      line(name, percent(accuracy), percent(after.heads[i]?.accuracy as number)),
    ),
    line('combined', percent(before.accuracy), percent(after.accuracy)),
    '',
  ];
}

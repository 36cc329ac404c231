import { join } from 'node:path';
import { diskPicturesWithin } from '@fbsd/datasets';
import {
  type Dataset,
  type Evaluation,
  explain,
  pictureRows,
  picturesCsv,
  type ReportFacts,
  type ReportSample,
  readableName,
  showMistakes,
} from '@fbsd/trainer';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { readMetrics } from '../run/metrics-file.ts';
import type { Settings } from '../settings/settings.ts';
import { commandTyped } from './command-typed.ts';
import { pickSamples } from './pick-samples.ts';
import { replaceFile } from './replace-file.ts';
import { writeReport } from './write-report.ts';

/** What the report of a run is made of. */
export interface RunReport {
  /** The model that the evaluation is of. */
  model: LayersModel;
  settings: Settings;
  dataset: Dataset;
  /** Results on the test images; null when there are none. */
  evaluation: Evaluation | null;
  /** Measurements of the run. */
  facts: ReportFacts;
}

/** Mistakes in the gallery. */
const MISTAKES = 24;

/**
 * Writes `report.html` of a run, and beside it what its model makes of each test picture, as `test-pictures.csv` and
 * `test-pictures.json`.
 *
 * @param directory folder of the run, with its `metrics.jsonl`
 * @returns the path of the report, and the images that it explains
 */
export async function writeRunReport(
  directory: string,
  { model, settings, dataset, evaluation, facts }: RunReport,
): Promise<{ report: string; samples: ReportSample[] }> {
  const { imageSize, arch, head } = settings;
  const { test } = dataset;
  const pictures = diskPicturesWithin(settings);
  const tested = evaluation !== null && evaluation.pictures.length === test.length;
  const results = tested ? evaluation.pictures : [];
  const { partNames } = dataset;
  const picked = pickSamples(test.length > 0 ? test : dataset.train, results);
  const samples =
    head === 'linear' ? [] : await explain(model, picked, pictures, imageSize, partNames);
  const mistakes = await showMistakes(test, results, pictures, imageSize, MISTAKES);
  const command = commandTyped();
  const report = join(directory, 'report.html');
  await writeReport(report, {
    title: `${head === 'fbsd' ? 'FBSD' : arch} on ${dataset.name}`,
    settings: { ...settings },
    metrics: await readMetrics(directory),
    ...(evaluation && { evaluation }),
    ...(tested && { testFiles: test.map(({ file }) => file), mistakes }),
    classNames: dataset.classNames.map(readableName),
    samples,
    ...(test.length === 0 && {
      samplesAre: 'There are no test pictures: these are some that the model was trained on.',
    }),
    facts: {
      date: new Date().toISOString(),
      architecture: `${arch}${head === 'fbsd' ? '' : ' with a linear head'} at ${imageSize} px, ${dataset.classNames.length} classes`,
      ...(command !== undefined && { command }),
      ...facts,
    },
  });
  if (tested) {
    const files = test.map(({ file }) => file);
    const rows = pictureRows(results, files, dataset.classNames);
    await replaceFile(join(directory, 'test-pictures.csv'), picturesCsv(rows));
    await replaceFile(join(directory, 'test-pictures.json'), `${JSON.stringify(rows, null, 1)}\n`);
  }
  return { report, samples };
}

import { join } from 'node:path';
import { DiskRunStore, nodeClock, type Preset, say, selectBackend, writeReport } from '@fbsd/cli';
import { diskPictures } from '@fbsd/datasets';
import { fbsd } from '@fbsd/fbsd';
import { type Dataset, explain, readableName, SGD, showMistakes, train } from '@fbsd/trainer';
import { percent } from '@fbsd/trainer/format';

/**
 * The complete trainer, composed of the published packages: network, optimizer, loop, report. `fbsd train`
 * is this with flags, progress on a terminal, TensorBoard and going on after an interruption.
 *
 * @param directory gets `metrics.jsonl`, `checkpoints/` and `report.html`
 */
export async function trainFBSD(
  dataset: Dataset,
  settings: Preset,
  directory: string,
): Promise<void> {
  const { arch, imageSize, totalEpochs } = settings;
  const classes = dataset.classNames.length;
  const { description } = await selectBackend('auto');
  say(`${dataset.name}: ${dataset.train.length} training images of ${classes} classes`);
  say(description);

  const model = fbsd({ arch, classes, imageSize, seed: 666 });
  const optimizer = new SGD(model, {
    newLearningRate: settings.newLearningRate,
    pretrainedLearningRate: settings.pretrainedLearningRate,
  });
  const store = new DiskRunStore(directory);
  const { evaluation } = await train({
    model,
    optimizer,
    dataset,
    pictures: diskPictures,
    store,
    clock: nodeClock,
    imageSize,
    batchSize: settings.batchSize,
    totalEpochs,
    warmupSteps: settings.warmupSteps,
    logEverySteps: settings.logEverySteps,
    listener: {
      onLine(line) {
        if (line.kind === 'step' || !line.test) return;
        say(`epoch ${line.epoch} of ${totalEpochs}: ${percent(line.test.accuracy)} of the test`);
      },
    },
  });

  const some = dataset.test.filter((_, i) => i % Math.ceil(dataset.test.length / 8) === 0);
  const samples = await explain(model, some, diskPictures, imageSize, dataset.partNames);
  const report = join(directory, 'report.html');
  await writeReport(report, {
    title: `FBSD on ${dataset.name}`,
    settings: { ...settings },
    metrics: await store.metrics(),
    ...(evaluation && {
      evaluation,
      testFiles: dataset.test.map(({ file }) => file),
      mistakes: await showMistakes(dataset.test, evaluation.pictures, diskPictures, imageSize, 12),
    }),
    classNames: dataset.classNames.map(readableName),
    samples,
  });
  say(`report: ${report}`);
  optimizer.dispose();
  model.dispose();
}

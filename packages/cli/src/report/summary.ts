import type { Dataset, TrainResult } from '@fbsd/trainer';
import { bytes, count, duration, percent } from '@fbsd/trainer/format';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { SelectedBackend } from '../backend/select-backend.ts';
import { accuracyTable } from '../display/accuracy-table.ts';
import type { Say } from '../display/say.ts';
import { peakMemory } from '../run/node-clock.ts';
import { checkpointDirectory } from '../run/run-directory.ts';
import type { Settings } from '../settings/settings.ts';
import type { TensorBoardWriter } from '../tensorboard/tensorboard-writer.ts';
import { type FinalTest, withFinalTest } from './final-test.ts';
import { writeRunReport } from './run-report.ts';

export interface SummaryArgs {
  /** As it is after the last epoch. */
  model: LayersModel;
  settings: Settings;
  dataset: Dataset;
  backend: SelectedBackend;
  directory: string;
  result: TrainResult;
  seconds: number;
  tensorboard: TensorBoardWriter;
  say: Say;
}

/** Ends a run: tests it, writes `report.html` and prints the table of results, every number from the run. */
export async function summarise(args: SummaryArgs): Promise<void> {
  const { result } = args;
  const test = { ...args, progress: result.progress, lastTest: result.evaluation };
  await withFinalTest(test, (tested) => show(args, tested));
}

async function show(args: SummaryArgs, { model, epoch, evaluation }: FinalTest): Promise<void> {
  const { settings, dataset, backend, directory, result, seconds, tensorboard, say } = args;
  const { peakMemoryBytes, gpuMemoryBytes } = peakMemory();
  const { report, samples } = await writeRunReport(directory, {
    model,
    settings,
    dataset,
    evaluation,
    facts: {
      backend: backend.description,
      seconds,
      peakMemoryBytes,
      // Nothing was trained when a run that had finished was resumed.
      ...(result.imagesPerSecond > 0 && { imagesPerSecond: result.imagesPerSecond }),
    },
  });
  await tensorboard.show(result.progress.step, samples);

  const { best } = result.progress;
  const lastEpoch = result.progress.epoch - 1;
  const row = (name: string, value: string) => say(`  ${name.padEnd(18)} ${value}`);
  say('');
  if (evaluation) {
    const which = dataset.validation
      ? `after epoch ${epoch}, the best by the validation split`
      : `after the last epoch, ${epoch}`;
    const mirrored = settings.tta === 'flip' ? ', each with its mirror image,' : '';
    say(
      `Test accuracy on ${count(evaluation.count)} images of ${dataset.name}${mirrored} ${which}`,
    );
    for (const line of accuracyTable(evaluation)) say(line);
  } else {
    say(`${dataset.name} has no test images: nothing was tested`);
  }
  if (best) {
    const name = dataset.validation ? 'best validation' : 'best combined';
    row(name, `${percent(best.accuracy).padStart(6)}  after epoch ${best.epoch}`);
  }
  say('');
  if (result.imagesPerSecond > 0) row('training', `${result.imagesPerSecond.toFixed(1)} images/s`);
  row('time', duration(seconds));
  row('peak memory', bytes(peakMemoryBytes));
  if (gpuMemoryBytes !== undefined) row('GPU memory', bytes(gpuMemoryBytes));
  if (best)
    row('best checkpoint', `${checkpointDirectory(directory, 'best')}  (epoch ${best.epoch})`);
  row('last checkpoint', `${checkpointDirectory(directory, 'last')}  (epoch ${lastEpoch})`);
  row('report', report);
}

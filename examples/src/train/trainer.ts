import { setImmediate as nextTurn } from 'node:timers/promises';
import { tensor1d, tensor4d } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { batchCount, batches, type Dataset } from '../data/index.ts';
import { type Progress, saveCheckpoint, tidyCheckpoint } from './checkpoint.ts';
import { evaluate } from './evaluate.ts';
import { GradientAccumulation } from './gradient-accumulation.ts';
import {
  appendMetrics,
  type EpochLine,
  type Evaluation,
  Meter,
  rewindMetrics,
  type StepLine,
} from './metrics.ts';
import { peakMemory } from './peak-memory.ts';
import { checkpointDirectory } from './run-directory.ts';
import { SCHEDULES, type ScheduleName, warmUp } from './schedule.ts';
import type { SGD } from './sgd.ts';
import { trainStep } from './train-step.ts';

export interface TrainArgs {
  model: LayersModel;
  optimizer: SGD;
  dataset: Dataset;
  /** Where `metrics.jsonl` and `checkpoints/` are written. */
  runDirectory: string;
  imageSize: number;
  batchSize: number;
  /** Batches per step; the last step of an epoch may have fewer. */
  accumulate: number;
  totalEpochs: number;
  schedule: ScheduleName;
  /** Steps in which the learning rates rise to what the schedule says; 0 for none. */
  warmupSteps: number;
  /** Steps between two lines of `metrics.jsonl`. */
  logEverySteps: number;
  /** Epochs between two tests; there is one after the last epoch in any case. @default 1 */
  evaluateEveryEpochs?: number;
  /** Epochs without a better test after which training ends. @default null: never */
  patience?: number | null;
  /** Steps between two checkpoints within an epoch; there is one at its end in any case. */
  saveEverySteps: number;
  seed: number;
  /** Folder where decoded pictures are kept. @default null: none */
  cache?: string | null;
  /** Where to go on. @default the beginning */
  progress?: Progress;
  /** Ends the run after the step in progress, with a checkpoint. */
  signal?: AbortSignal;
  listener?: TrainListener;
}

/** Told how training goes, to show it. */
export interface TrainListener {
  onStep?(step: { epoch: number; step: number; batch: number; images: number; loss: number }): void;
  onLine?(line: StepLine | EpochLine): void;
  onTest?(imagesDone: number): void;
}

export interface TrainResult {
  /** False when the signal ended it early. */
  finished: boolean;
  progress: Progress;
  /** Of the last epoch that was completed here; null when none was. */
  evaluation: Evaluation | null;
  /** Training only, decoding included. */
  imagesPerSecond: number;
}

/**
 * Trains FBSD as the paper does: batch → forward → loss → gradients → step → log → evaluate → save.
 *
 * @throws Error when the loss is not a number any more; the checkpoints then are those from before
 */
export async function train(args: TrainArgs): Promise<TrainResult> {
  const { model, optimizer, dataset, runDirectory, batchSize, totalEpochs, seed } = args;
  const { signal, listener, evaluateEveryEpochs = 1, patience = null, cache = null } = args;
  const batchesPerEpoch = batchCount(dataset.train.length, batchSize, true);
  const stepsPerEpoch = Math.ceil(batchesPerEpoch / args.accumulate);
  const schedule = SCHEDULES[args.schedule]({ totalEpochs, stepsPerEpoch });
  const learningRateFactor = warmUp(args.warmupSteps, schedule);
  const pipeline = { imageSize: args.imageSize, batchSize, seed, cache, reuseMemory: true };
  const progress: Progress = args.progress ?? { epoch: 1, step: 0, batch: 0, best: null };
  const { classNames } = dataset;
  const save = (name: 'last' | 'best') =>
    saveCheckpoint(checkpointDirectory(runDirectory, name), {
      ...{ model, optimizer, progress, classNames },
    });
  await rewindMetrics(runDirectory, progress.step);
  for (const name of ['last', 'best'] as const) {
    await tidyCheckpoint(checkpointDirectory(runDirectory, name));
  }
  const gradients = new GradientAccumulation(optimizer);
  const clock = new Clock();
  let evaluation: Evaluation | null = null;

  const test = (epoch: number) =>
    evaluate(
      model,
      batches(dataset.test, { ...pipeline, train: false, epoch }),
      classNames.length,
      listener?.onTest,
    );
  const ended = () =>
    progress.epoch > totalEpochs ||
    (patience !== null &&
      progress.best !== null &&
      progress.epoch - 1 - progress.best.epoch >= patience);

  while (!ended() && !signal?.aborted) {
    const { epoch } = progress;
    const started = performance.now();
    const epochMeter = new Meter(progress.meters?.epoch);
    let lineMeter = new Meter(progress.meters?.line);
    /** In the middle of the epoch. */
    const saveMeters = () => {
      progress.meters = { epoch: { ...epochMeter }, line: { ...lineMeter } };
      return save('last');
    };
    let stepMeter = new Meter();

    clock.start();
    for await (const batch of batches(dataset.train, {
      ...pipeline,
      train: true,
      epoch,
      firstBatch: progress.batch,
    })) {
      const images = tensor4d(batch.images, batch.shape);
      const labels = tensor1d(batch.labels, 'int32');
      const result = await trainStep(model, gradients, images, labels);
      images.dispose();
      labels.dispose();
      await nextTurn(); // lets decoding and Ctrl-C have their turn between two batches
      if (!Number.isFinite(result.loss)) {
        gradients.dispose();
        throw diverged(progress, result.loss, runDirectory);
      }
      progress.batch++;
      const size = batch.labels.length;
      clock.count(size);
      for (const meter of [epochMeter, lineMeter, stepMeter]) meter.add(result, size);
      const last = progress.batch === batchesPerEpoch;
      if (progress.batch % args.accumulate !== 0 && !last) continue;

      optimizer.factor = learningRateFactor(progress.step);
      gradients.step();
      progress.step++;
      const { loss } = stepMeter.averages();
      listener?.onStep?.({ ...progress, images: stepMeter.count, loss });
      stepMeter = new Meter();
      if (progress.step % args.logEverySteps === 0) {
        const line: StepLine = {
          kind: 'step',
          epoch,
          step: progress.step,
          ...lineMeter.averages(),
          learningRate: optimizer.learningRates(),
          imagesPerSecond: clock.imagesPerSecond(),
        };
        await appendMetrics(runDirectory, line);
        listener?.onLine?.(line);
        lineMeter = new Meter();
      }
      if (signal?.aborted) break;
      if (!last && progress.step % args.saveEverySteps === 0) await saveMeters();
    }
    clock.stop();
    if (progress.batch < batchesPerEpoch) {
      await saveMeters(); // interrupted
      break;
    }

    const due = epoch % evaluateEveryEpochs === 0 || epoch === totalEpochs;
    const tested = due ? await test(epoch) : null;
    const improved = tested !== null && tested.accuracy > (progress.best?.accuracy ?? -1);
    if (improved) progress.best = { accuracy: tested.accuracy, epoch };
    if (tested) evaluation = tested;
    progress.epoch++;
    progress.batch = 0;
    delete progress.meters;

    const line: EpochLine = {
      kind: 'epoch',
      epoch,
      step: progress.step,
      train: epochMeter.averages(),
      test: tested && withoutConfusion(tested),
      seconds: (performance.now() - started) / 1000,
      ...peakMemory(),
    };
    // A run that is killed between these goes on from the checkpoint before and does them again:
    // `last`, which says that they are done, comes last.
    await appendMetrics(runDirectory, line);
    if (improved) await save('best');
    await save('last');
    listener?.onLine?.(line);
  }

  return { finished: ended(), progress, evaluation, imagesPerSecond: clock.imagesPerSecond() };
}

function withoutConfusion({ confusion: _, ...rest }: Evaluation): Omit<Evaluation, 'confusion'> {
  return rest;
}

function diverged(progress: Progress, loss: number, runDirectory: string): Error {
  const kept = progress.epoch > 1 ? `The checkpoints of epoch ${progress.epoch - 1} are kept` : '';
  return new Error(
    `[fbsd] train: the loss is ${loss} at step ${progress.step + 1} (epoch ${progress.epoch}). ` +
      `${kept ? `${kept} in ${runDirectory}. ` : ''}Use a smaller --learning-rate.`,
  );
}

/** Measures images per second over the time that training, not testing, takes. */
class Clock {
  private images = 0;
  private milliseconds = 0;
  private startedAt: number | null = null;

  start(): void {
    this.startedAt = performance.now();
  }

  stop(): void {
    if (this.startedAt !== null) this.milliseconds += performance.now() - this.startedAt;
    this.startedAt = null;
  }

  count(images: number): void {
    this.images += images;
  }

  imagesPerSecond(): number {
    const running = this.startedAt === null ? 0 : performance.now() - this.startedAt;
    return this.images / ((this.milliseconds + running) / 1000);
  }
}

import { tensor1d, tensor4d } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type Batch, batchCount, batches } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import type { PictureCache, PictureSource } from '../data/picture-source.ts';
import { broadcastState, broadcastWeights } from '../parallel/broadcast-state.ts';
import { checkBatchNorms } from '../parallel/check-batch-norms.ts';
import { ALONE, anyOf, type Communicator } from '../parallel/communicator.ts';
import { earlySums } from '../parallel/early-sums.ts';
import { stepShare } from '../parallel/step-share.ts';
import { CheckpointKeeper } from './checkpoint-keeper.ts';
import { type Clock, webClock } from './clock.ts';
import { evaluate } from './evaluate.ts';
import { GradientAccumulation } from './gradient-accumulation.ts';
import { averagesOf, type EpochLine, type Evaluation, Meter, type StepLine } from './metrics.ts';
import type { Progress } from './progress.ts';
import type { RunStore } from './run-store.ts';
import { SCHEDULES, warmUp } from './schedule.ts';
import { StepStart } from './step-start.ts';
import { Throughput } from './throughput.ts';
import type { TrainListener } from './train-listener.ts';
import type { TrainOptimizer } from './train-optimizer.ts';
import { TRAIN_DEFAULTS, type TrainOptions } from './train-options.ts';
import { trainStep } from './train-step.ts';
import type { WeightAverage } from './weight-average.ts';

/** The arguments of {@link train}. */
export interface TrainArgs extends TrainOptions {
  /** Logits as outputs: from `fbsd` or `attachFBSD` of @fbsd/fbsd, or of one classifier. */
  model: LayersModel;
  /** Moves the model's weights. */
  optimizer: TrainOptimizer;
  /**
   * Of the model: then its averages are tested and kept as the model of checkpoints, with the weights that training goes
   * on with beside them. @default null: none
   */
  average?: WeightAverage | null;
  /** Images and their classes. */
  dataset: Pick<Dataset, 'train' | 'test' | 'validation' | 'classNames'>;
  /** Decodes the images. */
  pictures: PictureSource;
  /** Keeps decoded images, so that later epochs need not decode them again. @default null: none */
  cache?: PictureCache | null;
  /** Keeps checkpoints and metrics. @default null: none are kept */
  store?: RunStore | null;
  /** Time, turns of the event loop and memory. @default webClock */
  clock?: Clock;
  /** Where to go on; is changed as training goes. @default the beginning */
  progress?: Progress;
  /**
   * Ends the run after the batch in progress, of training or of a test, with a checkpoint: that of the last whole step.
   */
  signal?: AbortSignal;
  /** Is told how training goes. */
  listener?: TrainListener;
  /**
   * The processes that train together, each on its share of every batch; all call `train` with the same arguments but
   * `store` and `listener`, which process 0 alone is given. Model, average and optimizer of the others become those of
   * process 0. @default one process
   */
  communicator?: Communicator;
}

/** The outcome of {@link train}. */
export interface TrainResult {
  /** False when the signal ended it early. */
  finished: boolean;
  /** True when `patience` ended it before the last epoch. */
  stoppedEarly: boolean;
  /** Where the run stands now; the object that was given, if one was. */
  progress: Progress;
  /** Of the last test that was done here, or of the last validation; null when there was none. */
  evaluation: Evaluation | null;
  /** In training, decoding included. */
  imagesPerSecond: number;
}

/**
 * Trains FBSD as the paper does: batch → forward → loss → gradients → step → log → evaluate → save.
 *
 * The result depends on the arguments alone: a run that is stopped and goes on from its last
 * checkpoint comes to the same weights as one that is not.
 *
 * With a validation split its images are what every epoch is tested on, the best epoch chosen and patience lost by; the
 * test images are left alone, for a test when all has been chosen.
 *
 * Only a model that is worth something is kept: loss and gradients of every step are looked at before the weights move,
 * losses of tests, weights and velocities before a checkpoint is written. Before one that no test precedes, a step is
 * tried that nothing comes of.
 *
 * Several processes come to what one would, but for rounding: batches are the same, each is divided over the processes, batch
 * norms take the statistics of all of it (see `batchNorm`), gradients are means over all of it. The signal of any process
 * ends all.
 *
 * @throws DivergenceError when one of them is NaN or infinite; the checkpoints then are those from before
 * @throws UserError for fewer than two training images, and whatever `pictures` and `store` throw
 */
export async function train(args: TrainArgs): Promise<TrainResult> {
  const { model, optimizer, dataset, pictures, imageSize, batchSize, totalEpochs } = args;
  const { cache = null, store = null, average = null, clock = webClock } = args;
  const { signal, listener, communicator = ALONE } = args;
  const { accumulate, warmupSteps, patience, seed, labelSmoothing, batchNorm, ...every } = {
    ...TRAIN_DEFAULTS,
    ...args,
  };
  const batchesPerEpoch = batchCount(dataset.train.length, batchSize, true);
  const stepsPerEpoch = Math.ceil(batchesPerEpoch / accumulate);
  const schedule = SCHEDULES[every.schedule]({ totalEpochs, stepsPerEpoch });
  const learningRateFactor = warmUp(warmupSteps, schedule);
  const { horizontalFlip, trivialAugment, randomErasing } = every;
  const augment = { horizontalFlip, trivialAugment, randomErasing };
  const share = communicator.size > 1 ? communicator : null;
  const pipeline = {
    ...{ pictures, cache, imageSize, batchSize, seed, reuseMemory: true, share, ...augment },
  };
  const least = batchNorm === 'local' ? FEWEST : 1;
  const shareOf = (batch: Batch) => stepShare(batch, communicator, batchNorm);
  const progress: Progress = args.progress ?? { epoch: 1, step: 0, batch: 0, best: null };
  const { classNames, validation } = dataset;
  /** What epochs are tested on. */
  const samples = validation ?? dataset.test;
  const keeper = new CheckpointKeeper({
    ...{ model, optimizer, average, progress, classNames, store, labelSmoothing, shareOf },
  });
  const log = async (line: StepLine | EpochLine) => store?.append(line);
  const isToEnd = () => anyOf(communicator, signal?.aborted ?? false);
  if (share) checkBatchNorms(model, batchNorm);
  await store?.rewind(progress.step);
  await broadcastState({ model, optimizer, average }, communicator);
  const gradients = new GradientAccumulation(optimizer);
  const early = earlySums(model, communicator);
  const throughput = new Throughput(clock);
  let evaluation: Evaluation | null = null;

  const test = async (epoch: number) => {
    const images = batches(samples, { ...pipeline, train: false, epoch });
    const options = { flip: every.testTimeFlip, communicator };
    const run = async () => {
      await broadcastWeights(model, communicator); // each may have moved statistics of its own
      const onBatch = listener?.onTest;
      return evaluate(model, until(isToEnd, images), classNames.length, onBatch, options);
    };
    const tested = await (average ? average.during(run) : run());
    if (!Number.isFinite(tested.loss))
      throw keeper.diverged(`the ${validation ? 'validation' : 'test'} loss is ${tested.loss}`);
    return tested;
  };
  const outOfPatience = (epochsDone: number) =>
    patience !== null && progress.best !== null && epochsDone - progress.best.epoch >= patience;
  const isTested = (epoch: number) =>
    samples.length > 0 &&
    (epoch % every.evaluateEveryEpochs === 0 || epoch === totalEpochs || outOfPatience(epoch));
  const ended = () => progress.epoch > totalEpochs || outOfPatience(progress.epoch - 1);

  while (!ended() && !isToEnd()) {
    const { epoch } = progress;
    const started = clock.now();
    const epochMeter = new Meter(progress.meters?.epoch);
    let lineMeter = new Meter(progress.meters?.line);
    /** In the middle of the epoch. */
    const saveMeters = () => {
      progress.meters = { epoch: { ...epochMeter }, line: { ...lineMeter } };
      return keeper.save('last');
    };
    let stepMeter = new Meter();
    let stepStart: StepStart | null = null;

    throughput.start();
    for await (const batch of batches(dataset.train, {
      ...pipeline,
      train: true,
      epoch,
      firstBatch: progress.batch,
      share: share && { rank: share.rank, size: share.size, least },
    })) {
      const size = (batch.whole ?? batch).labels.length;
      listener?.onBatch?.({ ...progress, images: size });
      if (accumulate > 1 && signal) {
        stepStart ??= new StepStart({ model, progress, meters: [epochMeter, lineMeter] });
      }
      const images = tensor4d(batch.images, batch.shape);
      const labels = tensor1d(batch.labels, 'int32');
      const last = progress.batch + 1 === batchesPerEpoch;
      const whole = (progress.batch + 1) % accumulate === 0 || last;
      const onGradient = early && whole ? gradients.addUpEarly(early) : undefined;
      const options = { labelSmoothing, share: shareOf(batch), onGradient };
      const result = await trainStep(model, gradients, images, labels, options);
      images.dispose();
      labels.dispose();
      await clock.nextTurn(); // lets decoding and Ctrl-C have their turn between two batches
      if (!result.finite) {
        gradients.dispose();
        stepStart?.dispose();
        throw keeper.divergedBy(result);
      }
      progress.batch++;
      throughput.count(size);
      for (const meter of [epochMeter, lineMeter, stepMeter]) meter.add(result, size);
      if (!whole && !isToEnd()) continue;
      if (!whole) {
        stepStart?.goBack();
        gradients.dispose();
        await keeper.examine(null); // the batch was a step to try
      }
      stepStart?.dispose();
      stepStart = null;
      if (!whole) {
        await keeper.examine(batch);
        break;
      }

      optimizer.factor = learningRateFactor(progress.step);
      await gradients.addUp(communicator);
      gradients.step();
      progress.step++;
      average?.update(progress.step);
      const { loss } = stepMeter.averages();
      listener?.onStep?.({ ...progress, images: stepMeter.count, loss });
      stepMeter = new Meter();
      if (progress.step % every.logEverySteps === 0) {
        const line: StepLine = {
          kind: 'step',
          epoch,
          step: progress.step,
          ...lineMeter.averages(),
          learningRate: optimizer.learningRates(),
          imagesPerSecond: throughput.imagesPerSecond(),
        };
        await log(line);
        listener?.onLine?.(line);
        lineMeter = new Meter();
      }
      const ending = isToEnd();
      const saves = ending || progress.step % every.saveEverySteps === 0;
      if (last || saves) await keeper.examine(last && isTested(epoch) ? null : batch);
      if (ending) break;
      if (!last && saves) await saveMeters();
    }
    throughput.stop();
    const tested = progress.batch === batchesPerEpoch && isTested(epoch) ? await test(epoch) : null;
    if (progress.batch < batchesPerEpoch || (tested && tested.count < samples.length)) {
      await saveMeters(); // interrupted
      break;
    }

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
      ...(validation
        ? { test: null, validation: tested && averagesOf(tested) }
        : { test: tested && averagesOf(tested) }),
      seconds: (clock.now() - started) / 1000,
      ...clock.peakMemory(),
    };
    // A run that is killed between these goes on from the checkpoint before and does them again:
    // `last`, which says that they are done, comes last.
    await log(line);
    if (improved) await keeper.save('best');
    await keeper.save('last');
    listener?.onLine?.(line);
  }

  return {
    finished: ended(),
    stoppedEarly: progress.epoch <= totalEpochs && ended(),
    progress,
    evaluation,
    imagesPerSecond: throughput.imagesPerSecond(),
  };
}

/** Images that batch norm needs at least. */
const FEWEST = 2;

/** Batches until all is to end, but one in any case. */
async function* until(isToEnd: () => boolean, all: AsyncIterable<Batch>): AsyncGenerator<Batch> {
  for await (const batch of all) {
    yield batch;
    if (isToEnd()) return;
  }
}

import { sumOfAll } from '@fbsd/kernels';
import { tensor1d, tensor4d } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Batch } from '../data/batches.ts';
import type { StepShare } from '../parallel/step-share.ts';
import { DivergenceError } from './divergence-error.ts';
import { GradientAccumulation } from './gradient-accumulation.ts';
import { KeptStatistics } from './kept-statistics.ts';
import type { Progress } from './progress.ts';
import type { CheckpointName, RunStore } from './run-store.ts';
import type { TrainOptimizer } from './train-optimizer.ts';
import { type StepResult, trainStep } from './train-step.ts';
import type { WeightAverage } from './weight-average.ts';

/** The arguments of {@link CheckpointKeeper}. */
export interface CheckpointKeeperArgs {
  model: LayersModel;
  optimizer: TrainOptimizer;
  /** Where there is one, checkpoints hold it as their model. */
  average: WeightAverage | null;
  progress: Progress;
  classNames: readonly string[];
  /** Null: nothing is kept, but everything is checked. */
  store: RunStore | null;
  /** Of the loss. */
  labelSmoothing: number;
  /** The process's part in a step on a batch. */
  shareOf(batch: Batch): StepShare | undefined;
}

/** Keeps the checkpoints of a run, after it has looked whether they are worth going on from. */
export class CheckpointKeeper {
  private readonly args: CheckpointKeeperArgs;
  /** Steps done at the last checkpoint. */
  private checkpointStep: number | null;

  constructor(args: CheckpointKeeperArgs) {
    this.args = args;
    this.checkpointStep = args.store && args.progress.step > 0 ? args.progress.step : null;
  }

  /**
   * Examines what is about to be kept: weights, running statistics, velocities and, unless it will be tested, a step
   * that could come next. Weights that are finite may still be so large that no step can go on from them.
   *
   * @param batch for the step, which leaves the model as it is; null to do without
   * @throws DivergenceError if anything is not finite
   */
  async examine(batch: Batch | null): Promise<void> {
    const { model, optimizer } = this.args;
    const sum = sumOfAll([
      ...model.weights.map((weight) => weight.read()),
      ...optimizer.velocities().map(({ tensor }) => tensor),
    ]);
    const [value] = await sum.data();
    sum.dispose();
    if (!Number.isFinite(value)) throw this.diverged('a weight or a velocity is not finite');
    if (batch === null) return;
    const result = await this.tryStep(batch);
    if (!result.finite) throw this.divergedBy(result);
  }

  private async tryStep(batch: Batch): Promise<StepResult> {
    const { model, optimizer, labelSmoothing, shareOf } = this.args;
    const statistics = new KeptStatistics(model);
    const gradients = new GradientAccumulation(optimizer);
    const images = tensor4d(batch.images, batch.shape);
    const labels = tensor1d(batch.labels, 'int32');
    try {
      const options = { labelSmoothing, share: shareOf(batch) };
      return await trainStep(model, gradients, images, labels, options);
    } finally {
      statistics.restore();
      statistics.dispose();
      gradients.dispose();
      images.dispose();
      labels.dispose();
    }
  }

  /** Keeps a checkpoint where there is a store. */
  async save(name: CheckpointName): Promise<void> {
    const { model, optimizer, average, progress, classNames, store } = this.args;
    if (store === null) return;
    const checkpoint = { model, velocities: optimizer.velocities(), progress, classNames };
    await (average
      ? average.during((trainingWeights) => store.save(name, { ...checkpoint, trainingWeights }))
      : store.save(name, checkpoint));
    this.checkpointStep = progress.step;
  }

  /** The error for the step after those that are done, whose result is not finite. */
  divergedBy({ loss }: StepResult): DivergenceError {
    const finding = Number.isFinite(loss) ? 'a gradient is not finite' : `the loss is ${loss}`;
    return this.diverged(finding, this.args.progress.step + 1);
  }

  /** The error for what was found. @param step by default the last that was done */
  diverged(finding: string, step = this.args.progress.step): DivergenceError {
    const { checkpointStep } = this;
    return new DivergenceError({ finding, step, epoch: this.args.progress.epoch, checkpointStep });
  }
}

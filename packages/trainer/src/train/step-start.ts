import type { LayersModel } from '@tensorflow/tfjs-layers';
import { KeptStatistics } from './kept-statistics.ts';
import type { Meter, MeterFields } from './metrics.ts';
import type { Progress } from './progress.ts';

/** What {@link StepStart} goes back to. */
export interface StepStartArgs {
  model: LayersModel;
  progress: Progress;
  meters: readonly Meter[];
}

/**
 * Where a step of several batches began, so that a run can end in the middle of it: a checkpoint is always between two
 * steps, since it holds no gradients.
 */
export class StepStart {
  private readonly args: StepStartArgs;
  private readonly statistics: KeptStatistics;
  private readonly batch: number;
  private readonly meters: readonly MeterFields[];

  constructor(args: StepStartArgs) {
    this.args = args;
    this.statistics = new KeptStatistics(args.model);
    this.batch = args.progress.batch;
    this.meters = args.meters.map((meter) => ({ ...meter }));
  }

  /** Undoes what the batches since then have changed besides the gradients. */
  goBack(): void {
    const { progress, meters } = this.args;
    this.statistics.restore();
    progress.batch = this.batch;
    meters.forEach((meter, i) => {
      Object.assign(meter, this.meters[i]);
    });
  }

  dispose(): void {
    this.statistics.dispose();
  }
}

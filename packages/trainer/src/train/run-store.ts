import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { MetricsLine } from './metrics.ts';
import type { NamedTensor } from './parameters.ts';
import type { Progress } from './progress.ts';

/** `last` is there to go on from, `best` is the one with the highest accuracy on the validation images, without any on the test images. */
export type CheckpointName = 'last' | 'best';

/** All that a run needs to go on as if it had never stopped. */
export interface Checkpoint {
  /** With its weights and running statistics; with `trainingWeights` these are their averages. */
  model: LayersModel;
  /**
   * The weights and running statistics that training goes on with, by the name of the weight, where the model has their
   * averages: for `WeightAverage.resume`. Left out without an average.
   */
  trainingWeights?: readonly NamedTensor[];
  /** The optimizer's velocities by the name of their weight. */
  velocities: readonly NamedTensor[];
  /** Where the run stands. */
  progress: Progress;
  /** By class index. */
  classNames: readonly string[];
}

/** Keeps the checkpoints and the metrics of a run. */
export interface RunStore {
  /**
   * Keeps a checkpoint in place of the one of that name, all or nothing: whatever happens meanwhile,
   * {@link load} finds the old one or the new one. Model and tensors stay the caller's, and may not change until the
   * promise is kept: they are read little by little.
   */
  save(name: CheckpointName, checkpoint: Checkpoint): Promise<void>;
  /** Loads a checkpoint, whose model and tensors are then the caller's; null when there is none. */
  load(name: CheckpointName): Promise<Checkpoint | null>;
  /** Adds a line to the metrics. */
  append(line: MetricsLine): Promise<void>;
  /** Forgets the lines of later steps than this: they will be done, and measured, again. */
  rewind(step: number): Promise<void>;
}

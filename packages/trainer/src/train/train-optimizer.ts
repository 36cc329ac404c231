import type { Optimizer } from '@tensorflow/tfjs-core';
import type { LearningRates } from './metrics.ts';
import type { NamedTensor } from './parameters.ts';

/** An optimizer that `train` can drive: of tfjs's kind, with what a schedule and a checkpoint need. */
export interface TrainOptimizer extends Optimizer {
  /** Scales the learning rates: set before each step by the schedule, from 0 to 1. */
  factor: number;
  /** The learning rates of the next step. */
  learningRates(): LearningRates;
  /** Its state by name, for a checkpoint: not copies. */
  velocities(): NamedTensor[];
  /** Sets its state to copies of what a checkpoint kept. */
  setVelocities(velocities: readonly NamedTensor[]): void | Promise<void>;
}

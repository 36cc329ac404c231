import { Optimizer, tensor1d, tensor4d } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type Clock, webClock } from './clock.ts';
import { KeptStatistics } from './kept-statistics.ts';
import { trainStep } from './train-step.ts';

/** The arguments of {@link timeStep}. */
export interface TimeStepArgs {
  /** Logits as outputs. */
  model: LayersModel;
  /** Side of the images in pixels. */
  imageSize: number;
  /** Images of a batch, 2 or more. */
  batchSize: number;
  /** @default webClock */
  clock?: Pick<Clock, 'now'>;
}

/** Fewest images that batch norm can train on. */
const FEWEST = 2;
/** A whole batch is tried where it will take less than this, as extrapolated from two images. */
const SHORT_MILLISECONDS = 10_000;

/**
 * Tries how long a batch takes in training: forward and backward, without the update of the weights.
 *
 * The first trial is on two images. What it takes includes the engine's warming up, and much that does not grow with the
 * batch: unless a batch will take long, a whole one is timed after it. The model is afterwards as it was, bit by bit:
 * neither weights nor moving statistics have moved, and no random number was drawn.
 *
 * @returns seconds for a batch
 */
export async function timeStep(args: TimeStepArgs): Promise<number> {
  const { batchSize, clock = webClock } = args;
  const statistics = new KeptStatistics(args.model);
  const time = async (images: number) => {
    const started = clock.now();
    await tryStep(args, images);
    return clock.now() - started;
  };
  try {
    const extrapolated = ((await time(FEWEST)) * batchSize) / FEWEST;
    return (extrapolated < SHORT_MILLISECONDS ? await time(batchSize) : extrapolated) / 1000;
  } finally {
    statistics.restore();
    statistics.dispose();
  }
}

/** A step on made-up images whose gradients nobody uses. */
async function tryStep({ model, imageSize }: TimeStepArgs, batchSize: number): Promise<void> {
  const shape = [batchSize, imageSize, imageSize, 3] as const;
  const images = tensor4d(noise(batchSize * imageSize * imageSize * 3), [...shape]);
  const classes = model.outputs[0]?.shape.at(-1) as number;
  const labels = tensor1d(
    Array.from({ length: batchSize }, (_, i) => i % classes),
    'int32',
  );
  try {
    await trainStep(model, new NoOptimizer(), images, labels);
  } finally {
    images.dispose();
    labels.dispose();
  }
}

/** Leaves the weights where they are. */
class NoOptimizer extends Optimizer {
  override applyGradients(): void {}

  override getConfig() {
    return {};
  }
}

/** Values in [−1, 1) that look random and are always the same. */
function noise(length: number): Float32Array {
  return Float32Array.from(
    { length },
    (_, i) => (Math.imul(i + 1, 2_654_435_761) >>> 8) / 2 ** 23 - 1,
  );
}

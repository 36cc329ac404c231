import { countCorrect, crossEntropies, predictedClasses, totalLoss } from '@fbsd/fbsd';
import { sumOfAll, variableGradients } from '@fbsd/kernels';
import {
  cast,
  concat,
  keep,
  mul,
  type NamedTensorMap,
  type Optimizer,
  reshape,
  stack,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tidy,
  type Variable,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type StepShare, sumOfShares, withBatchNorms } from '../parallel/step-share.ts';
import type { Averages } from './metrics.ts';
import { runModel } from './run-model.ts';

/** Loss and accuracy of the batch before the step. */
export interface StepResult extends Averages {
  /** False where the loss or a gradient is NaN or infinite. */
  finite: boolean;
}

/** Options of {@link trainStep}. */
export interface TrainStepOptions {
  /** ε of label smoothing, from 0 to less than 1. @default 0 */
  labelSmoothing?: number;
  /** Is shown the gradients by variable name before the update, for logging. */
  onGradients?: (gradients: NamedTensorMap) => void;
  /** Is shown gradients while the backward pass goes on, those that `variableGradients` of @fbsd/kernels shows. */
  onGradient?: ((name: string, gradient: Tensor) => void) | undefined;
  /**
   * Where the images are one process's share of a batch: its part. Then the result is that of the whole batch, and the
   * gradients are the process's part of the batch's: those of all, added up, are to move the weights.
   */
  share?: StepShare | undefined;
}

/**
 * One step of training: forward, loss, gradients, update. The model's weights, the optimizer's
 * velocities and the running statistics change; no tensor is left behind.
 *
 * The optimizer moves the weights whether or not the result turns out `finite`. To look first, as `train` does, give a
 * {@link GradientAccumulation}, and call its `step()` afterwards.
 *
 * @param model logits of n levels and of all together as outputs, from `fbsd` or `attachFBSD` of @fbsd/fbsd; or a classifier with
 *   one output, whose loss is its cross entropy
 * @param optimizer {@link SGD}, or any of tfjs's
 * @param images normalised, float32 [B,S,S,3], B ≥ 2 (batch norm needs two)
 * @param labels classes from 0, int32 [B]
 */
export async function trainStep(
  model: LayersModel,
  optimizer: Optimizer,
  images: Tensor4D,
  labels: Tensor1D,
  { labelSmoothing = 0, onGradients, onGradient, share }: TrainStepOptions = {},
): Promise<StepResult> {
  const pass = () => {
    let outcome: Tensor1D | undefined;
    const { value: loss, grads: own } = variableGradients(
      () => {
        const outputs = runModel(model, () => model.apply(images, { training: true }));
        const logits = [outputs].flat() as Tensor2D[];
        const ces = crossEntropies(logits, labels, { labelSmoothing });
        const total = totalLoss(ces);
        const correct = countCorrect(predictedClasses(logits), labels);
        outcome = keep(stack([total, ...ces, cast(correct, 'float32')]) as Tensor1D);
        return share ? mul(total, share.count / share.images) : total;
      },
      model.trainableWeights.map((weight) => weight.read() as Variable),
      onGradient &&
        ((name, gradient) => onGradient(name, share?.count === 0 ? zerosLike(gradient) : gradient)),
    );
    loss.dispose();
    const grads = share?.count === 0 ? zeros(own) : own;
    onGradients?.(grads);
    const sum = reshape(sumOfAll(Object.values(grads)), [1]);
    optimizer.applyGradients(grads);
    const all = concat([outcome as Tensor1D, sum]);
    outcome?.dispose();
    return all;
  };
  const statistics = withBatchNorms(share, () => tidy(pass));
  // The loss, that of each head, how many are right, the sum of the gradients.
  const own = await statistics.data<'float32'>();
  const values = [...(share ? ofWholeBatch(own, share) : own)];
  statistics.dispose();
  const gradientSum = values.pop() as number;
  const correct = values.pop() as number;
  const [loss, ...losses] = values as [number, ...number[]];
  return {
    loss,
    losses,
    accuracy: Number.isNaN(loss) ? Number.NaN : correct / (share?.images ?? images.shape[0]),
    finite: Number.isFinite(loss) && Number.isFinite(gradientSum),
  };
}

/** The gradients of what does not count, whatever came back through the statistics of the others. */
function zeros(gradients: NamedTensorMap): NamedTensorMap {
  return Object.fromEntries(
    Object.entries(gradients).map(([name, gradient]) => [name, zerosLike(gradient)]),
  );
}

/** The statistics of a whole batch from those of each process's share: losses are means over images, the last two are sums. */
function ofWholeBatch(statistics: Float32Array, share: StepShare): Float32Array {
  const losses = statistics.length - 2;
  const part = share.count / share.images;
  const values = statistics.map((value, i) => (i < losses ? value * part : value));
  sumOfShares(share, values);
  return values;
}

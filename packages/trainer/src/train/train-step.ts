import { countCorrect, crossEntropies, predictedClasses, totalLoss } from '@fbsd/fbsd';
import { variableGradients } from '@fbsd/kernels';
import {
  cast,
  keep,
  type NamedTensorMap,
  type Optimizer,
  stack,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Averages } from './metrics.ts';

/** Loss and accuracy of the batch before the step. */
export type StepResult = Averages;

/**
 * One step of training: forward, loss, gradients, update. The model's weights, the optimizer's
 * velocities and the running statistics change; no tensor is left behind.
 *
 * @param model logits of n levels and of all together as outputs, from `fbsd` or `attachFBSD` of @fbsd/fbsd
 * @param optimizer {@link SGD}, or any of tfjs's
 * @param images normalised, float32 [B,S,S,3], B ≥ 2 (batch norm needs two)
 * @param labels classes from 0, int32 [B]
 * @param onGradients is shown the gradients by variable name before the update, for logging
 */
export async function trainStep(
  model: LayersModel,
  optimizer: Optimizer,
  images: Tensor4D,
  labels: Tensor1D,
  onGradients?: (gradients: NamedTensorMap) => void,
): Promise<StepResult> {
  const statistics = tidy(() => {
    let outcome: Tensor1D | undefined;
    const { value: loss, grads } = variableGradients(
      () => {
        const logits = model.apply(images, { training: true }) as Tensor2D[];
        const ces = crossEntropies(logits, labels);
        const total = totalLoss(ces);
        const correct = countCorrect(predictedClasses(logits), labels);
        outcome = keep(stack([total, ...ces, cast(correct, 'float32')]) as Tensor1D);
        return total;
      },
      model.trainableWeights.map((weight) => weight.read() as Variable),
    );
    loss.dispose();
    onGradients?.(grads);
    optimizer.applyGradients(grads);
    return outcome as Tensor1D;
  });
  const values = [...(await statistics.data<'float32'>())]; // the loss, that of each head, how many are right
  statistics.dispose();
  const [loss, ...rest] = values as [number, ...number[]];
  return {
    loss,
    losses: rest.slice(0, -1),
    accuracy: (rest.at(-1) as number) / images.shape[0],
  };
}

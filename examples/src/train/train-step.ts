import { countCorrect, crossEntropies, predictedClasses, totalLoss } from '@fbsd/fbsd';
import { variableGradients } from '@fbsd/kernels';
import {
  addN,
  cast,
  keep,
  type NamedTensorMap,
  type Optimizer,
  type Scalar,
  sqrt,
  square,
  stack,
  sum,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

export interface StepResult {
  /** 2·CE₁ + 2·CE₂ + 2·CE₃ + CE_concat before the step. */
  loss: number;
  /** Cross entropy of each head: level 1–3, concat. */
  losses: readonly [number, number, number, number];
  /** Share of the batch that the sum of the logits puts in the right class. */
  accuracy: number;
}

/**
 * One step of training: forward, loss, gradients, update. The model's weights, the optimizer's
 * velocities and the running statistics change; no tensor is left behind.
 *
 * @param model with four logits as outputs, from {@link fbsd}
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
  const [loss, ce1, ce2, ce3, ceConcat, correct] = await statistics.data<'float32'>();
  statistics.dispose();
  return {
    loss: loss as number,
    losses: [ce1, ce2, ce3, ceConcat] as [number, number, number, number],
    accuracy: (correct as number) / (images.shape[0] as number),
  };
}

/** √Σ‖g‖² over all gradients: how large a step the batch asks for. */
export function gradientNorm(gradients: NamedTensorMap): number {
  return tidy(() => {
    const squares = Object.values(gradients).map((gradient) => sum(square(gradient)));
    return (sqrt(addN(squares)) as Scalar).dataSync()[0] as number;
  });
}

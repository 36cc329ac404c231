import {
  argMax,
  stack,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Batch } from '../data/index.ts';
import { crossEntropies, predictedClasses, totalLoss } from './loss.ts';
import type { Evaluation } from './metrics.ts';

/**
 * Runs the model in inference mode over all batches.
 *
 * @param model four logits as outputs
 * @param batches each image once
 * @param classes number of classes
 * @param onBatch is told the number of images after each batch
 */
export async function evaluate(
  model: LayersModel,
  batches: AsyncIterable<Batch>,
  classes: number,
  onBatch?: (images: number) => void,
): Promise<Evaluation> {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const headsCorrect = new Array<number>(model.outputs.length).fill(0);
  const losses = new Array<number>(model.outputs.length).fill(0);
  let loss = 0;
  let count = 0;
  for await (const { images, shape, labels } of batches) {
    const size = labels.length;
    // [2,…]: the losses, and the predicted classes of each head and of all together.
    const [batchLosses, classesOf] = tidy(() => {
      const truth = tensor1d(labels, 'int32');
      const logits = model.apply(tensor4d(images, shape), { training: false }) as Tensor2D[];
      const ces = crossEntropies(logits, truth);
      const predictions = [
        ...logits.map((z) => argMax(z, 1) as Tensor1D),
        predictedClasses(logits),
      ];
      return [stack([...ces, totalLoss(ces)]), stack(predictions)] as const;
    });
    const lossValues = await batchLosses.data();
    const predicted = await classesOf.data();
    batchLosses.dispose();
    classesOf.dispose();

    loss += (lossValues.at(-1) as number) * size;
    losses.forEach((sum, head) => {
      losses[head] = sum + (lossValues[head] as number) * size;
    });
    labels.forEach((label, i) => {
      headsCorrect.forEach((sum, head) => {
        headsCorrect[head] = sum + Number(predicted[head * size + i] === label);
      });
      const combined = predicted[headsCorrect.length * size + i] as number;
      (confusion[label] as number[])[combined] = (confusion[label]?.[combined] ?? 0) + 1;
    });
    count += size;
    onBatch?.(count);
  }
  const correct = confusion.reduce((sum, row, label) => sum + (row[label] ?? 0), 0);
  return {
    loss: loss / count,
    losses: losses.map((sum) => sum / count),
    accuracy: correct / count,
    heads: headsCorrect.map((sum) => sum / count),
    confusion,
    count,
  };
}

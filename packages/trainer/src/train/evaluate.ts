import { crossEntropies, totalLoss } from '@fbsd/fbsd';
import {
  add,
  argMax,
  expandDims,
  greater,
  mul,
  oneHot,
  stack,
  sum,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Batch } from '../data/batches.ts';
import type { Evaluation } from './metrics.ts';
import { type PictureResult, pictureResult } from './picture-result.ts';

const TOP = 5;

/**
 * Runs the model in inference mode over all batches.
 *
 * @param model logits of each head as outputs
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
  const heads = model.outputs.length;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  // Of each head, and last of all together.
  const correct = new Array<number>(heads + 1).fill(0);
  const amongTop = new Array<number>(heads + 1).fill(0);
  const losses = new Array<number>(heads + 1).fill(0);
  const pictures: PictureResult[] = [];
  let count = 0;
  for await (const { images, shape, labels } of batches) {
    const size = labels.length;
    const [batchLosses, predictions, ranks, combinedLogits] = tidy(() => {
      const truth = tensor1d(labels, 'int32');
      const logits = model.apply(tensor4d(images, shape), { training: false }) as Tensor2D[];
      const all = [...logits, logits.reduce(add<Tensor2D>)];
      const ces = crossEntropies(logits, truth);
      return [
        stack([...ces, totalLoss(ces)]),
        stack(all.map((z) => argMax(z, 1) as Tensor1D)), // [heads+1,B]
        stack(all.map((z) => rank(z, truth))), // [heads+1,B]
        all.at(-1) as Tensor2D, // [B,K]
      ] as const;
    });
    const [lossOf, predicted, rankOf, combined] = await Promise.all(
      [batchLosses, predictions, ranks, combinedLogits].map((x) => x.data()),
    );
    for (const x of [batchLosses, predictions, ranks, combinedLogits]) x.dispose();
    labels.forEach((label, i) => {
      const own = (combined as Float32Array).subarray(i * classes, (i + 1) * classes);
      pictures.push(pictureResult(label, own));
    });

    for (let head = 0; head <= heads; head++) {
      losses[head] = (losses[head] as number) + (lossOf?.[head] as number) * size;
      labels.forEach((label, i) => {
        const place = head * size + i;
        if (predicted?.[place] === label) correct[head] = (correct[head] as number) + 1;
        if ((rankOf?.[place] as number) < TOP) amongTop[head] = (amongTop[head] as number) + 1;
      });
    }
    labels.forEach((label, i) => {
      const row = confusion[label] as number[];
      const together = predicted?.[heads * size + i] as number;
      row[together] = (row[together] as number) + 1;
    });
    count += size;
    onBatch?.(count);
  }
  const share = (total: number) => total / count;
  return {
    loss: share(losses[heads] as number),
    losses: losses.slice(0, heads).map(share),
    accuracy: share(correct[heads] as number),
    top5: share(amongTop[heads] as number),
    heads: correct.slice(0, heads).map(share),
    headsTop5: amongTop.slice(0, heads).map(share),
    confusion,
    pictures,
    count,
  };
}

/** How many classes have a larger logit than the true one. z: [B,K], truth: int32 [B] → [B] */
function rank(z: Tensor2D, truth: Tensor1D): Tensor1D {
  const own = sum(mul(z, oneHot(truth, z.shape[1])), 1); // [B]
  return sum(greater(z, expandDims(own, 1)), 1) as Tensor1D;
}

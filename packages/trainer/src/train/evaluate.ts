import { crossEntropies, totalLoss } from '@fbsd/fbsd';
import {
  add,
  dispose,
  stack,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor1d,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Batch } from '../data/batches.ts';
import { ALONE, type Communicator } from '../parallel/communicator.ts';
import { gatherLogits, type Logits } from '../parallel/gather-logits.ts';
import { headLogits, type InferenceOptions } from './head-logits.ts';
import type { Evaluation } from './metrics.ts';
import { type PictureResult, pictureResult } from './picture-result.ts';
import { runModel } from './run-model.ts';

const TOP = 5;

/** Options of {@link evaluate}. */
export interface EvaluateOptions extends InferenceOptions {
  /** The processes that the batches are shared by, all of which get the results. @default one has them all */
  communicator?: Communicator;
}

/**
 * Runs the model in inference mode over all batches.
 *
 * A head whose logits are not finite for one of the images has NaN as its accuracies, and no image without a finite
 * sum of logits is in the confusion matrix: what cannot be compared has no rank.
 *
 * @param model logits of each head as outputs
 * @param batches each image once
 * @param classes number of classes
 * @param onBatch is told the number of images after each batch
 * @param options with `flip`, losses and ranks are those of the mean logits
 * @returns losses and accuracies are NaN when there are no images
 */
export async function evaluate(
  model: LayersModel,
  batches: AsyncIterable<Batch>,
  classes: number,
  onBatch?: (images: number) => void,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { communicator = ALONE } = options;
  const heads = model.outputs.length;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  // Of each head, and last of all together.
  const correct = new Array<number>(heads + 1).fill(0);
  const amongTop = new Array<number>(heads + 1).fill(0);
  const losses = new Array<number>(heads + 1).fill(0);
  const pictures: PictureResult[] = [];
  let count = 0;
  for await (const batch of batches) {
    const { whole } = batch;
    const labels = whole?.labels ?? batch.labels;
    const { losses: lossOf, logits } = whole
      ? gatherLogits(
          whole.count > 0 ? await test(model, batch, options) : null,
          whole,
          [heads + 1, classes],
          communicator,
        )
      : await test(model, batch, options);

    for (let head = 0; head <= heads; head++) {
      losses[head] = (losses[head] as number) + (lossOf[head] as number) * labels.length;
      labels.forEach((label, i) => {
        const place = (head * labels.length + i) * classes;
        const row = logits.subarray(place, place + classes);
        const rank = rankOf(label, row);
        correct[head] = (correct[head] as number) + within(1, rank);
        amongTop[head] = (amongTop[head] as number) + within(TOP, rank);
        if (head < heads) return;
        const result = pictureResult(label, row);
        pictures.push(result);
        if (result.predicted === null) return;
        const predictions = confusion[label] as number[];
        predictions[result.predicted] = (predictions[result.predicted] as number) + 1;
      });
    }
    count += labels.length;
    onBatch?.(count);
  }
  const share = (total: number) => total / count;
  const telling = classes > TOP;
  return {
    loss: share(losses[heads] as number),
    losses: losses.slice(0, heads).map(share),
    accuracy: share(correct[heads] as number),
    top5: telling ? share(amongTop[heads] as number) : null,
    heads: correct.slice(0, heads).map(share),
    headsTop5: telling ? amongTop.slice(0, heads).map(share) : null,
    confusion,
    pictures,
    count,
  };
}

/** Runs the model on a batch. */
async function test(
  model: LayersModel,
  { images, shape, labels }: Batch,
  options: InferenceOptions,
): Promise<Logits> {
  const results = tidy(() => {
    const run = (x: Tensor4D) =>
      runModel(model, () => model.apply(x, { training: false }) as Tensor | Tensor[]);
    const logits = headLogits(run, tensor4d(images, shape), options);
    const ces = crossEntropies(logits, tensor1d(labels, 'int32'));
    return [stack([...ces, totalLoss(ces)]), stack([...logits, logits.reduce(add<Tensor2D>)])];
  });
  const [losses, logits] = (await Promise.all(results.map((x) => x.data<'float32'>()))) as [
    Float32Array,
    Float32Array,
  ];
  dispose(results);
  return { losses, logits };
}

/**
 * How many classes come before one by their logits; of equal ones those of a smaller index, so that a model that
 * prefers no class is not right about all of them. NaN when there are logits that are not finite.
 */
function rankOf(label: number, logits: Float32Array): number {
  if (!logits.every(Number.isFinite)) return Number.NaN;
  const own = logits[label] as number;
  return logits.reduce(
    (rank, logit, i) => rank + Number(logit > own || (logit === own && i < label)),
    0,
  );
}

/** 1 for a rank among so many best ones, else 0; NaN for none. */
function within(best: number, rank: number): number {
  return Number.isNaN(rank) ? Number.NaN : Number(rank < best);
}

import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  diversifyBytes,
  elements,
  FLOAT,
  innerBytes,
  keptSimilarities,
  transformedBytes,
} from './layer-bytes.ts';
import { type LayerUse, layerUses } from './layer-uses.ts';

/** What a training keeps of the weights. */
export interface StepMemoryOptions {
  /** Whether it keeps a `WeightAverage`. @default false */
  average?: boolean;
  /** Values that the optimizer keeps of each weight: 1 for SGD, its velocity, 2 for AdamW. @default 1 */
  optimizerStates?: number;
}

/**
 * Estimates the memory of training steps: the most that tensors and working memory take at one moment.
 *
 * It follows the backward pass from the last layer to the first. At each layer there are
 *
 * - the weights, and their averages where there are any,
 * - what the optimizer keeps of each weight, and with several batches per step the sums of the gradients,
 * - what was kept in the forward pass of this layer and those before it: their outputs, and inside a layer of several
 *   convolutions those of the inner ones, and of the FDM the similarities (as wasm and native keep them; others do not),
 * - the gradients of the weights of this layer and those behind it,
 * - the gradients of this layer's inputs and outputs,
 *
 * and the working memory of the kernels: the matrices of positions × positions that `FDM` needs, and a 3×3 kernel
 * transformed for Winograd's algorithm. Measured on wasm, from `mini` to DenseNet-161, it is 0.99 to 1.13 of the
 * truth; other backends may need more (docs/performance.md).
 *
 * @param model logits as outputs, of a fixed input size
 * @returns the bytes for so many images per batch and so many batches per step; NaN if a map has no fixed size
 */
export function stepMemory(
  model: LayersModel,
  { average = false, optimizerStates = 1 }: StepMemoryOptions = {},
): (batchSize: number, batchesPerStep?: number) => number {
  const weights = (average ? 2 : 1) * FLOAT * elements(model.weights.map(({ shape }) => shape));
  const trained = FLOAT * elements(model.trainableWeights.map(({ shape }) => shape));
  const parts = layerUses(model).map(partOf).reverse();
  const kept = parts.reduce((sum, part) => sum + part.kept, 0);
  return (batchSize, batchesPerStep = 1) => {
    let held =
      weights + trained * (optimizerStates + Number(batchesPerStep > 1)) + batchSize * kept;
    let peak = held;
    for (const part of parts) {
      held += part.weights;
      peak = Math.max(peak, held + batchSize * part.gradients);
      held -= batchSize * part.kept;
    }
    return peak + Math.max(0, ...parts.map(({ working }) => working(batchSize)));
  };
}

/** What a layer needs, in bytes. */
interface Part {
  /** Of its weights that are trained. */
  weights: number;
  /** Kept for the backward pass, for each image. */
  kept: number;
  /** Gradients of its inputs and outputs, for each image. */
  gradients: number;
  /** Working memory of its kernels. */
  working(batchSize: number): number;
}

function partOf({ layer, inputs, outputs }: LayerUse): Part {
  const trained = layer.trainableWeights.map(({ shape }) => shape);
  const kernels = trained.filter(({ length }) => length === 4);
  const diversifies = layer.getClassName() === 'FbsdFDM';
  return {
    weights: FLOAT * elements(trained),
    kept:
      FLOAT * elements(outputs) +
      innerBytes(kernels, outputs) +
      (diversifies ? keptSimilarities(inputs) : 0),
    gradients: FLOAT * (elements(inputs) + elements(outputs)),
    working: (batchSize) =>
      Math.max(transformedBytes(kernels), diversifies ? diversifyBytes(inputs, batchSize) : 0),
  };
}

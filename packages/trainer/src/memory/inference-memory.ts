import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { diversifyBytes, elements, FLOAT, innerBytes, transformedBytes } from './layer-bytes.ts';
import { layerUses } from './layer-uses.ts';

/**
 * Estimates the memory of tests and predictions: the most that weights, maps and working memory take at one moment.
 *
 * It follows the forward pass. A map is there from the layer that it comes out of to the last one that it goes into; the
 * images are there all the time.
 *
 * @param model of a fixed input size
 * @returns the bytes for so many images at once; NaN if a map has no fixed size
 */
export function inferenceMemory(model: LayersModel): (batchSize: number) => number {
  const uses = layerUses(model);
  const last = new Map<SymbolicTensor, number>();
  for (const [i, { tensors }] of uses.entries()) {
    for (const tensor of [...tensors.outputs, ...tensors.inputs]) last.set(tensor, i);
  }
  for (const tensor of [...model.inputs, ...model.outputs]) last.delete(tensor); // these stay
  const bytesOf = (tensors: readonly SymbolicTensor[]) =>
    FLOAT * elements(tensors.map(({ shape }) => shape.slice(1)));

  const weights = FLOAT * elements(model.weights.map(({ shape }) => shape));
  let held = 0; // for each image
  const moments = uses.map(({ layer, inputs, outputs, tensors }, i) => {
    const kernels = layer.weights.map(({ shape }) => shape).filter(({ length }) => length === 4);
    held += bytesOf(tensors.outputs);
    const maps = held + innerBytes(kernels, outputs);
    const gone = new Set([...tensors.inputs, ...tensors.outputs]);
    held -= bytesOf([...gone].filter((tensor) => last.get(tensor) === i));
    const pairs = layer.getClassName() === 'FbsdFDM' ? inputs : [];
    return (batchSize: number) =>
      batchSize * maps +
      Math.max(transformedBytes(kernels), pairs.length > 0 ? diversifyBytes(pairs, batchSize) : 0);
  });
  return (batchSize) => weights + Math.max(0, ...moments.map((moment) => moment(batchSize)));
}

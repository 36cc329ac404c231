import { FBSM } from '@fbsd/fbsm';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';

/** An FBSM at its place in a model. */
export interface PlacedFBSM {
  layer: FBSM;
  /** The feature map that goes in. */
  input: SymbolicTensor;
  /** True if anything in the model uses the suppressed map. */
  suppressedIsUsed: boolean;
}

/** Index of the suppressed map among an FBSM's outputs. */
const SUPPRESSED = 1;

/**
 * The FBSMs of a model, from its input to its output.
 *
 * Walks back from the outputs, because a layer may also be part of other models: only the uses that
 * this model's outputs depend on count.
 *
 * @throws Error when there is none
 */
export function findFBSMs(model: LayersModel): PlacedFBSM[] {
  const visited = new Set<SymbolicTensor>();
  const placed = new Map<SymbolicTensor, PlacedFBSM>();
  const visit = (tensor: SymbolicTensor): void => {
    if (visited.has(tensor)) return;
    visited.add(tensor);
    for (const input of tensor.inputs) visit(input); // what comes first is listed first
    const { sourceLayer: layer, inputs } = tensor;
    const [input] = inputs;
    if (!(layer instanceof FBSM) || input === undefined) return;
    const fbsm = placed.get(input) ?? { layer, input, suppressedIsUsed: false };
    fbsm.suppressedIsUsed ||= tensor.outputTensorIndex === SUPPRESSED;
    placed.set(input, fbsm);
  };
  for (const output of model.outputs) visit(output);
  if (placed.size === 0) {
    throw new Error(
      `[@fbsd/trainer] inspectImages: expected a model with FBSM layers; got '${model.name}' with ` +
        `${model.layers.length} other layers. Build it with fbsd() or insertFBSM(); FBSMs inside a nested model are not found.`,
    );
  }
  return [...placed.values()];
}

import type { LayersModel, layers, Shape, SymbolicTensor } from '@tensorflow/tfjs-layers';

/** A layer at one of its places in a model. */
export interface LayerUse {
  layer: layers.Layer;
  /** Shapes of what goes in, without the batch. */
  inputs: readonly Shape[];
  /** Shapes of what comes out, used or not, likewise. */
  outputs: readonly Shape[];
  /** What goes in and comes out, as {@link inputs} and {@link outputs}. */
  tensors: { inputs: readonly SymbolicTensor[]; outputs: readonly SymbolicTensor[] };
}

/**
 * The layers of a model in an order in which they can be computed, those of nested models among them.
 *
 * Walks back from the outputs, because a layer may also be part of other models.
 */
export function layerUses(model: Pick<LayersModel, 'outputs'>): LayerUse[] {
  const visited = new Set<object>();
  const uses: LayerUse[] = [];
  const visit = (tensor: SymbolicTensor): void => {
    const { sourceLayer: layer, nodeIndex } = tensor;
    const node = layer.inboundNodes[nodeIndex];
    if (!node || visited.has(node)) return;
    visited.add(node);
    for (const input of node.inputTensors) visit(input);
    if (isModel(layer)) uses.push(...layerUses(layer));
    else {
      const { inputTensors, outputTensors } = node;
      uses.push({
        layer,
        inputs: shapesOf(inputTensors),
        outputs: shapesOf(outputTensors),
        tensors: { inputs: inputTensors, outputs: outputTensors },
      });
    }
  };
  for (const output of model.outputs) visit(output);
  return uses;
}

function isModel(layer: layers.Layer): layer is LayersModel {
  return 'layers' in layer;
}

function shapesOf(tensors: readonly SymbolicTensor[]): Shape[] {
  return tensors.map(({ shape }) => shape.slice(1));
}

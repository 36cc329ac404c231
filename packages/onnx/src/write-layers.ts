import { LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Graph, Value } from './graph.ts';
import { converterOf } from './layers/index.ts';
import { type Layer, UnsupportedLayerError } from './layers/use.ts';

type Node = Layer['inboundNodes'][number];

/**
 * Writes all layers of a model into a graph, those of nested models too.
 *
 * @param inputs one for each of the model's
 * @param path of a nested model, with a slash at its end
 * @returns one for each of the model's outputs
 */
export async function writeLayers(
  graph: Graph,
  model: LayersModel,
  inputs: readonly Value[],
  path = '',
): Promise<Value[]> {
  const values = new Map(model.inputs.map((tensor, i) => [tensor, inputs[i] as Value]));
  const find = (tensor: SymbolicTensor) => values.get(tensor) as Value;
  const write = async (
    layer: Layer,
    from: readonly SymbolicTensor[],
    to: readonly SymbolicTensor[],
  ) => {
    const name = path + layer.name;
    const given = from.map(find);
    const results =
      layer instanceof LayersModel
        ? await writeLayers(graph, layer, given, `${name}/`)
        : await convert(graph, layer, name, given, to);
    to.forEach((tensor, i) => {
      values.set(tensor, results[i] as Value);
    });
  };
  const [first] = model.layers;
  if (first instanceof LayersModel && first.inputs[0] === model.inputs[0]) {
    await write(first, first.inputs, first.outputs); // a Sequential takes over the graph of its first model
  }
  for (const node of nodesBehind(model.outputs, (tensor) => values.has(tensor))) {
    refuseTraining(node, path);
    await write(node.outboundLayer, node.inputTensors, node.outputTensors);
  }
  return model.outputs.map(find);
}

async function convert(
  graph: Graph,
  layer: Layer,
  path: string,
  inputs: readonly Value[],
  outputs: readonly SymbolicTensor[],
): Promise<readonly Value[]> {
  const results = await converterOf({ layer, path })({
    ...{ graph, layer, path, config: layer.getConfig() },
    inputs: inputs as [Value, ...Value[]],
    shapes: outputs.map(({ shape }) => shape) as [Value['shape'], ...Value['shape'][]],
  });
  return Array.isArray(results) ? results : [results as Value];
}

/** The nodes that lead to `tensors`, oldest first, up to the tensors that are `known`. */
function nodesBehind(
  tensors: readonly SymbolicTensor[],
  known: (tensor: SymbolicTensor) => boolean,
): Node[] {
  const nodes = new Set<Node>();
  const open = [...tensors];
  for (let tensor = open.pop(); tensor; tensor = open.pop()) {
    if (known(tensor)) continue;
    const node = tensor.sourceLayer.inboundNodes[tensor.nodeIndex] as Node;
    if (nodes.has(node)) continue;
    nodes.add(node);
    open.push(...node.inputTensors);
  }
  return [...nodes].sort((a, b) => a.id - b.id);
}

/** A layer that was applied with `training: true` drops or normalises by the batch, which no file can. */
function refuseTraining(node: Node, path: string): void {
  const { callArgs } = node as { callArgs?: { training?: unknown } };
  if (callArgs?.training !== true) return;
  const layer = node.outboundLayer;
  throw new UnsupportedLayerError(
    { layer, path: path + layer.name },
    'was applied with training: true. Build the model without it.',
  );
}

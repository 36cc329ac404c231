import { LayersModel, type layers, type Shape, type SymbolicTensor } from '@tensorflow/tfjs-layers';

export type Layer = InstanceType<typeof layers.Layer>;
type Node = Layer['inboundNodes'][number];

/** A tensor of a graph. A nested model that is used twice has each of its inner ones twice. */
export interface Value {
  readonly shape: Shape;
}

/** One use of a layer. */
export interface Call {
  readonly layer: Layer;
  /** Its name, behind those of the nested models that it was in: `nested/conv`. */
  readonly path: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Further arguments that the layer was applied with, as far as a saved model keeps them. */
  readonly kwargs: Record<string, unknown>;
}

/** The layers of a model and what flows between them. */
export interface Graph {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** In the order in which the model was built: each after those that it depends on. */
  readonly calls: readonly Call[];
  /** The outputs of every use of a layer by its path. */
  readonly uses: ReadonlyMap<string, readonly (readonly Value[])[]>;
}

/**
 * Reads the graph of a model.
 *
 * @param unfold whether the layers of the nested model at a path take its place; otherwise the nested
 *   model is one layer
 */
export function readGraph(model: LayersModel, unfold: (path: string) => boolean): Graph {
  const calls: Call[] = [];
  const uses = new Map<string, Value[][]>();

  const record = (path: string, outputs: Value[]) => {
    uses.set(path, [...(uses.get(path) ?? []), outputs]);
    return outputs;
  };
  const call = (of: Omit<Call, 'outputs'>, tensors: readonly SymbolicTensor[]) => {
    const outputs = tensors.map(({ shape }) => ({ shape }));
    calls.push({ ...of, outputs });
    return outputs;
  };
  const read = (inner: LayersModel, inputs: readonly Value[], prefix: string): Value[] => {
    const values = new Map(inner.inputs.map((tensor, i) => [tensor, inputs[i] as Value]));
    const find = (tensor: SymbolicTensor) => values.get(tensor) as Value;
    for (const tensor of inner.inputs) record(prefix + tensor.sourceLayer.name, [find(tensor)]);
    const use = (layer: Layer, from: SymbolicTensor[], to: SymbolicTensor[], node?: Node) => {
      const path = prefix + layer.name;
      const given = from.map(find);
      const results =
        layer instanceof LayersModel && unfold(path)
          ? read(layer, given, `${path}/`)
          : call({ layer, path, inputs: given, kwargs: savedKwargs(node) }, to);
      record(path, results).forEach((value, i) => {
        values.set(to[i] as SymbolicTensor, value);
      });
    };
    const first = inner.layers[0];
    if (first instanceof LayersModel && first.inputs[0] === inner.inputs[0]) {
      use(first, first.inputs, first.outputs); // a Sequential takes over the graph of its first model
    }
    for (const node of nodesBehind(inner.outputs, (tensor) => values.has(tensor))) {
      use(node.outboundLayer, node.inputTensors, node.outputTensors, node);
    }
    return inner.outputs.map(find);
  };

  const inputs = model.inputs.map((tensor) => {
    const layer = tensor.sourceLayer;
    const [value] = call({ layer, path: layer.name, inputs: [], kwargs: {} }, [tensor]);
    return value as Value;
  });
  return { inputs, outputs: read(model, inputs, ''), calls, uses };
}

/** The calls that compute `values`, in their order. */
export function callsFor(values: readonly Value[], calls: readonly Call[]): Call[] {
  const needed = new Set(values);
  const reversed = calls.toReversed().filter((call) => {
    const used = call.outputs.some((value) => needed.has(value));
    if (used) for (const value of call.inputs) needed.add(value);
    return used;
  });
  return reversed.toReversed();
}

/** The paths of all layers, those of nested models included. */
export function layerPaths(model: LayersModel, prefix = ''): string[] {
  return model.layers.flatMap((layer) => {
    const path = prefix + layer.name;
    return layer instanceof LayersModel ? [path, ...layerPaths(layer, `${path}/`)] : [path];
  });
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

/** Tensors among the arguments are dropped: tfjs counts them among the inputs, or made them itself. */
function savedKwargs(node: Node | undefined): Record<string, unknown> {
  const { callArgs = {} } = (node ?? {}) as { callArgs?: Record<string, unknown> };
  const plain = Object.entries(callArgs).filter(([, value]) => isPlain(value));
  return Object.fromEntries(plain);
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  return typeof value !== 'object'; // null, a mask or a tensor
}

import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import type { Graph, Operand, OperationOptions, Value } from '../graph.ts';

export type Layer = InstanceType<typeof layers.Layer>;

/** A layer where it is applied, to be written into the graph. */
export interface Use {
  readonly layer: Layer;
  /** Its name, behind those of the nested models that it is in: `nested/conv`. */
  readonly path: string;
  /** Of `getConfig`. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly graph: Graph;
  readonly inputs: readonly [Value, ...Value[]];
  /** Of the outputs, as tfjs has them. */
  readonly shapes: readonly [Shape, ...Shape[]];
}

/** Writes a use of a layer into the graph. @returns its outputs */
export type Converter = (use: Use) => Value | readonly Value[] | Promise<readonly Value[]>;

/** Says which layer cannot be written, and why. */
export class UnsupportedLayerError extends Error {
  /** Tells it from other errors. */
  override name = 'UnsupportedLayerError';

  constructor({ path, layer }: Pick<Use, 'path' | 'layer'>, reason: string) {
    super(`[@fbsd/onnx] toOnnx: layer '${path}' (${layer.getClassName()}) ${reason}`);
  }
}

/** The current values of a weight. @param name as the layer calls it: `kernel` */
export function weightOf({ layer }: Pick<Use, 'layer'>, name: string): Tensor | undefined {
  const variable = layer.weights.find(
    ({ originalName }) => originalName === name || originalName.endsWith(`/${name}`),
  );
  return variable?.read();
}

/** A weight that the layer must have. */
export function requiredWeight(use: Use, name: string): Tensor {
  const tensor = weightOf(use, name);
  if (tensor) return tensor;
  throw new UnsupportedLayerError(use, `has no weight '${name}'. Build it first.`);
}

/** An operation that works value by value: the operands may lie either way, if all lie the same way. */
export function elementwise(
  { graph, path }: Pick<Use, 'graph' | 'path'>,
  op: string,
  values: readonly Value[],
  options: Partial<OperationOptions> = {},
): Value {
  const [first] = values as [Value];
  const operands = values.some(({ channelsFirst }) => channelsFirst)
    ? values.map((value) => graph.channelsFirst(value))
    : values;
  const { channelsFirst } = operands[0] as Value;
  return graph.operation(path, op, operands, { shape: first.shape, channelsFirst, ...options });
}

/** An operation on maps as ONNX takes them, whose result is one, too. */
export function onMaps(
  { graph, path, inputs: [input], shapes: [shape] }: Use,
  op: string,
  operands: readonly Operand[] = [],
  attributes: OperationOptions['attributes'] = {},
): Value {
  const options = { attributes, shape, channelsFirst: true };
  return graph.operation(path, op, [graph.channelsFirst(input), ...operands], options);
}

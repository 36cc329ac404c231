import { LayersModel, type Shape } from '@tensorflow/tfjs-layers';
import { Graph, type Value } from './graph.ts';
import { softmaxOf } from './layers/activations.ts';
import { type Dimension, modelMessage, type Port } from './protobuf/onnx.ts';
import { writeLayers } from './write-layers.ts';

/** How the pictures that the file takes become what the network takes: (v/255 − mean)/std of each channel. */
export interface Scaling {
  /** Of values from 0 to 1, for each channel. */
  mean: readonly number[];
  /** The same. */
  std: readonly number[];
}

/** Options of {@link toOnnx}. */
export interface OnnxOptions {
  /** How the file takes maps and gives them: [N,H,W,C] as tfjs, or [N,C,H,W] as PyTorch. @default 'nhwc' */
  layout?: 'nhwc' | 'nchw';
  /** Makes the file take bytes, 0 to 255, which it scales itself. @default it takes what the network takes */
  scaling?: Scaling;
  /** Adds an output `probabilities`: the softmax of the sum of all outputs, which have to be logits. @default false */
  probabilities?: boolean;
  /**
   * Adds an output `NAME/strips` [N,k] for every FBSM: the probability of each strip, of which the largest is suppressed
   * and all are boosted by theirs; for models that have some. @default false
   */
  strips?: boolean;
  /** Names and texts to be kept in the file: class names, settings. @default none */
  metadata?: Readonly<Record<string, string>>;
}

const OPTIONS = ['layout', 'scaling', 'probabilities', 'strips', 'metadata'];
/** What readers of Protocol Buffers take. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Writes a model of TensorFlow.js as an ONNX file: opset 17, weights and all, for inference.
 *
 * Inputs and outputs are called as the model calls them, the size of the batch is open. The weights are read when the
 * file is written, one after the other: besides the file there is no second copy of them. Fold batch norms first, if
 * the runtime does not.
 *
 * @param model functional or sequential, of the layers of convolutional networks and FBSD's; models in it are unfolded
 * @returns the file
 * @throws UnsupportedLayerError that names the first layer that cannot be written
 * @throws TypeError for what is no model, or an unknown option; RangeError for what does not fit, or a file over 2 GiB
 *
 * Source: https://onnx.ai/onnx/operators
 */
export async function toOnnx(
  model: LayersModel,
  options: OnnxOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  check(model, options);
  const {
    layout = 'nhwc',
    scaling,
    probabilities = false,
    strips = false,
    metadata = {},
  } = options;
  const channelsFirst = layout === 'nchw';
  const graph = new Graph();
  const inputs: Port[] = [];
  const given = model.inputs.map(({ shape }, i) => {
    const name = graph.unique(model.inputNames[i] as string);
    const value = { name, shape, channelsFirst: channelsFirst && shape.length === 4 };
    inputs.push({ ...portOf(value), element: scaling ? 'uint8' : 'float' });
    return scaling ? scaled(graph, value, scaling) : value;
  });
  const names = model.outputNames.map((name) => graph.unique(name)); // before anything else takes them
  const nameOfAll = probabilities ? graph.unique('probabilities') : '';
  const results = await writeLayers(graph, model, given);
  const outputs = results.map((result, i) => output(graph, names[i] as string, result, layout));
  if (probabilities) {
    const [first] = results as [Value];
    const { shape } = first;
    const sum = graph.operation('logits', 'Sum', results, { shape });
    outputs.push(output(graph, nameOfAll, softmaxOf(graph, 'softmax', sum), layout));
  }
  if (strips) outputs.push(...stripOutputs(graph));
  const { nodes, tensors } = graph;
  const message = modelMessage({ name: model.name, nodes, tensors, inputs, outputs, metadata });
  if (message.length > MOST_BYTES) {
    throw new RangeError(
      `[@fbsd/onnx] toOnnx: the file would have ${message.length} bytes; a file of ONNX has at most ${MOST_BYTES}. Export a smaller model.`,
    );
  }
  return message.serialize();
}

/** Gives a value the name of an output. */
function output(graph: Graph, name: string, result: Value, layout: string): Port {
  const value = layout === 'nchw' ? graph.channelsFirst(result) : graph.channelsLast(result);
  graph.add('Identity', [value], [name]);
  return portOf({ ...value, name });
}

function stripOutputs(graph: Graph): Port[] {
  if (graph.strips.size === 0) {
    throw new RangeError(
      '[@fbsd/onnx] toOnnx: strips are those of FBSMs, and the model has none. Leave them out.',
    );
  }
  return [...graph.strips].map(([path, { name, shape }]) => {
    const [batch = null, , parts] = shape;
    const flat = graph.operation(name, 'Flatten', [name], { shape: [batch, parts as number] });
    return output(graph, graph.unique(`${path}/strips`), flat, 'nhwc');
  });
}

function portOf({ name, shape, channelsFirst }: Value): Port {
  const sizes: Dimension[] = shape.map(
    (size, axis) => size ?? (axis === 0 ? 'N' : `${name}_${axis}`),
  );
  const order = channelsFirst ? [0, 3, 1, 2] : sizes.map((_, axis) => axis);
  return { name, element: 'float', shape: order.map((axis) => sizes[axis] as Dimension) };
}

/** Bytes → what the network takes. */
function scaled(graph: Graph, pixels: Value, { mean, std }: Scaling): Value {
  const { name, shape, channelsFirst } = pixels;
  const lying = { shape, channelsFirst };
  const perChannel = (what: string, value: (mean: number, std: number) => number) => {
    const values = mean.map((m, channel) => value(m, std[channel] as number));
    const { length } = values;
    return graph.floats(`${name}/${what}`, channelsFirst ? [length, 1, 1] : [length], values);
  };
  const cast = { attributes: { to: { int: 1 } }, ...lying };
  const floats = graph.operation(`${name}/float`, 'Cast', [pixels], cast);
  const factor = perChannel('factor', (_, s) => 1 / (255 * s));
  const product = graph.operation(`${name}/scaled`, 'Mul', [floats, factor], lying);
  const summand = perChannel('summand', (m, s) => -m / s);
  return graph.operation(`${name}/normalised`, 'Add', [product, summand], lying);
}

function check(model: LayersModel, options: OnnxOptions): void {
  if (!(model instanceof LayersModel)) {
    throw new TypeError(
      '[@fbsd/onnx] toOnnx: expects a model of tfjs-layers, of `tf.model`, `tf.sequential` or `tf.loadLayersModel`. Await it, if it comes in a Promise.',
    );
  }
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(
      `[@fbsd/onnx] toOnnx: there is no option '${unknown}'. It takes ${OPTIONS.join(', ')}.`,
    );
  }
  const { layout = 'nhwc', scaling, probabilities } = options;
  if (layout !== 'nhwc' && layout !== 'nchw') {
    throw new RangeError(`[@fbsd/onnx] toOnnx: layout must be 'nhwc' or 'nchw'; got '${layout}'.`);
  }
  if (scaling) checkScaling(model, scaling);
  if (probabilities) checkLogits(model.outputs.map(({ shape }) => shape));
}

function checkScaling({ inputs }: LayersModel, { mean, std }: Scaling): void {
  const [shape, ...others] = inputs.map((input) => input.shape);
  const channels = shape?.[3];
  if (others.length > 0 || shape?.length !== 4) {
    throw new RangeError(
      '[@fbsd/onnx] toOnnx: scaling is for models of one input [N,H,W,C]. Leave it out.',
    );
  }
  const fits = (values: readonly number[], isRight: (value: number) => boolean) =>
    values.length === channels && values.every(isRight);
  if (!fits(mean, Number.isFinite) || !fits(std, (value) => value > 0 && value < Infinity)) {
    throw new RangeError(
      `[@fbsd/onnx] toOnnx: scaling needs a mean and a std above 0 for each of ${channels} channels; got [${mean}] and [${std}].`,
    );
  }
}

function checkLogits(shapes: readonly Shape[]): void {
  const classes = shapes[0]?.[1];
  if (shapes.every((shape) => shape.length === 2 && shape[1] === classes)) return;
  throw new RangeError(
    `[@fbsd/onnx] toOnnx: probabilities need outputs that are logits [N,K] of one number of classes; got ${shapes
      .map((shape) => `[${shape.map(String)}]`)
      .join(', ')}. Leave them out.`,
  );
}

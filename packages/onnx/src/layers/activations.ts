import { axisOf, type Graph, type Value } from '../graph.ts';
import type { Attribute } from '../protobuf/onnx.ts';
import { type Converter, elementwise, UnsupportedLayerError, type Use } from './use.ts';

type Attributes = Readonly<Record<string, Attribute>>;
type Activate = (use: Use, x: Value) => Value;

const plain =
  (op: string, attributes: Attributes = {}): Activate =>
  (use, x) =>
    elementwise(use, op, [x], { attributes });

/** Softmax and its logarithm, over the channels. */
const overChannels =
  (op: string): Activate =>
  (use, x) =>
    softmaxOver(use, op, x, -1);

/** By the names of tfjs's activations. */
const ACTIVATIONS: Readonly<Record<string, Activate>> = {
  linear: (_, x) => x,
  relu: plain('Relu'),
  relu6: (use, x) => clipped(use, x, 0, 6),
  elu: plain('Elu'),
  selu: plain('Selu'),
  sigmoid: plain('Sigmoid'),
  hardSigmoid: plain('HardSigmoid', { alpha: { float: 0.2 }, beta: { float: 0.5 } }),
  softplus: plain('Softplus'),
  softsign: plain('Softsign'),
  tanh: plain('Tanh'),
  softmax: overChannels('Softmax'),
  logSoftmax: overChannels('LogSoftmax'),
  swish: (use, x) => gated(use, x, plain('Sigmoid')(use, x)),
  mish: (use, x) => gated(use, x, plain('Tanh')(use, plain('Softplus')(use, x))),
  gelu: (use, x) => {
    const erf = plain('Erf')(use, scaled(use, x, Math.SQRT1_2));
    return gated(use, scaled(use, x, 0.5), shifted(use, erf, 1));
  },
  geluNew: (use, x) => {
    const cubic = gated(use, gated(use, x, x), scaled(use, x, 0.044715));
    const inner = scaled(use, elementwise(use, 'Add', [x, cubic]), Math.sqrt(2 / Math.PI));
    return gated(use, scaled(use, x, 0.5), shifted(use, plain('Tanh')(use, inner), 1));
  },
};

/** Applies the activation that a layer has as an option. */
export function activated(use: Use, x: Value): Value {
  const name = String(use.config['activation'] ?? 'linear');
  const known = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  const activate = ACTIVATIONS[known];
  if (activate) return activate(use, x);
  throw new UnsupportedLayerError(
    use,
    `has the activation '${name}', which cannot be written. Those that can: ${Object.keys(ACTIVATIONS).join(', ')}.`,
  );
}

function scaled(use: Use, x: Value, factor: number): Value {
  return withConstant(use, 'Mul', x, factor);
}

function shifted(use: Use, x: Value, summand: number): Value {
  return withConstant(use, 'Add', x, summand);
}

function withConstant({ graph, path }: Use, op: string, x: Value, value: number): Value {
  const { shape, channelsFirst } = x;
  const constant = graph.floats(`${path}/constant`, [], [value]);
  return graph.operation(path, op, [x, constant], { shape, channelsFirst });
}

function gated(use: Use, x: Value, gate: Value): Value {
  return elementwise(use, 'Mul', [x, gate]);
}

function clipped({ graph, path }: Use, x: Value, least: number, most?: number): Value {
  const { shape, channelsFirst } = x;
  const bound = (name: string, value: number) => graph.floats(`${path}/${name}`, [], [value]);
  const bounds = [bound('min', least), ...(most === undefined ? [] : [bound('max', most)])];
  return graph.operation(path, 'Clip', [x, ...bounds], { shape, channelsFirst });
}

/** @param axis as tfjs counts it */
function softmaxOver({ graph, path }: Use, op: string, x: Value, axis: number): Value {
  const tfjs = axis < 0 ? axis + x.shape.length : axis;
  const { shape, channelsFirst } = x;
  const attributes = { axis: { int: axisOf(tfjs, x) } };
  return graph.operation(path, op, [x], { attributes, shape, channelsFirst });
}

const activation: Converter = (use) => activated(use, use.inputs[0]);

/** A threshold below which values are cut off or multiplied. */
const relu: Converter = (use) => {
  const { maxValue } = use.config as { maxValue?: number | null };
  const [x] = use.inputs;
  return maxValue == null ? plain('Relu')(use, x) : clipped(use, x, 0, maxValue);
};

const withAlpha =
  (op: string, option: string): Converter =>
  (use) =>
    plain(op, { alpha: { float: use.config[option] as number } })(use, use.inputs[0]);

/** A learned slope for negative values, [H,W,C] or with sizes of 1 where it is shared. */
const prelu: Converter = (use) => {
  const { graph, path, layer, inputs, shapes } = use;
  const x = graph.channelsFirst(inputs[0]);
  const alpha = layer.weights[0]?.read();
  if (!alpha) throw new UnsupportedLayerError(use, 'has no weights. Build it first.');
  const order = x.channelsFirst ? [2, 0, 1] : alpha.shape.map((_, axis) => axis);
  const slope = graph.weight(`${path}/alpha`, alpha, order);
  const { channelsFirst } = x;
  return graph.operation(path, 'PRelu', [x, slope], { shape: shapes[0], channelsFirst });
};

const softmax: Converter = (use) => {
  const { axis } = use.config as { axis?: number | readonly number[] };
  const [only, ...others] = [axis ?? -1].flat();
  if (others.length > 0) {
    throw new UnsupportedLayerError(use, `works over several axes, [${axis}]. Use one axis.`);
  }
  return softmaxOver(use, 'Softmax', use.inputs[0], only as number);
};

/** Activations that are layers of their own, by class name. */
export const activationLayers: Readonly<Record<string, Converter>> = {
  Activation: activation,
  ReLU: relu,
  LeakyReLU: withAlpha('LeakyRelu', 'alpha'),
  ELU: withAlpha('Elu', 'alpha'),
  ThresholdedReLU: withAlpha('ThresholdedRelu', 'theta'),
  PReLU: prelu,
  Softmax: softmax,
};

/** Softmax over the channels of a value that is no layer's. */
export function softmaxOf(graph: Graph, name: string, x: Value): Value {
  const { shape, channelsFirst } = x;
  const axis = channelsFirst ? 1 : shape.length - 1;
  const attributes = { axis: { int: axis } };
  return graph.operation(name, 'Softmax', [x], { attributes, shape, channelsFirst });
}

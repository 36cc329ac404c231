import { axisOf, type Value } from '../graph.ts';
import { type Converter, elementwise, onMaps, type Use } from './use.ts';
import { pair, requireChannelsLast } from './windows.ts';

/** What does nothing when a model is used, not trained. */
const nothing: Converter = ({ inputs }) => inputs[0];

/** To [B,…] of the shape that tfjs gives it, in tfjs's order of values. */
function reshaped({ graph, path, inputs, shapes }: Use): Value {
  const [shape] = shapes;
  const sizes = graph.ints(
    `${path}/shape`,
    shape.map((size, axis) => (axis === 0 ? -1 : (size ?? 0))),
  );
  return graph.operation(path, 'Reshape', [graph.channelsLast(inputs[0]), sizes], { shape });
}

const flatten: Converter = (use) => {
  const { graph, path, inputs, shapes } = use;
  const [, height, width] = inputs[0].shape;
  const one = inputs[0].shape.length === 4 && height === 1 && width === 1; // in any order
  const x = one ? inputs[0] : graph.channelsLast(inputs[0]);
  return graph.operation(path, 'Flatten', [x], { shape: shapes[0] });
};

const permute: Converter = ({ graph, path, config, inputs, shapes }) => {
  const dims = config['dims'] as readonly number[];
  const attributes = { perm: { ints: [0, ...dims] } };
  const x = graph.channelsLast(inputs[0]);
  return graph.operation(path, 'Transpose', [x], { attributes, shape: shapes[0] });
};

/** [[top, bottom], [left, right]] from what the layers take. */
function sides(value: unknown): [[number, number], [number, number]] {
  const [rows = 1, columns = rows] = [value ?? 1].flat(1) as (number | number[])[];
  if (Array.isArray(value) && value.length === 2) {
    const [first, second] = value as (number | number[])[];
    return [pair(first), pair(second)];
  }
  return [pair(rows), pair(columns)];
}

const zeroPadding: Converter = (use) => {
  requireChannelsLast(use);
  const [[top, bottom], [left, right]] = sides(use.config['padding']);
  const pads = use.graph.ints(`${use.path}/pads`, [0, 0, top, left, 0, 0, bottom, right]);
  return onMaps(use, 'Pad', [pads]);
};

const cropping: Converter = (use) => {
  requireChannelsLast(use);
  const { graph, path } = use;
  const [[top, bottom], [left, right]] = sides(use.config['cropping']);
  const end = (cut: number) => (cut === 0 ? Number.MAX_SAFE_INTEGER : -cut);
  return onMaps(use, 'Slice', [
    graph.ints(`${path}/starts`, [top, left]),
    graph.ints(`${path}/ends`, [end(bottom), end(right)]),
    graph.ints(`${path}/axes`, [2, 3]),
  ]);
};

const rescaling: Converter = (use) => {
  const { graph, path, inputs, shapes } = use;
  const { scale, offset = 0 } = use.config as { scale: number; offset?: number };
  const constant = (name: string, value: number) => graph.floats(`${path}/${name}`, [], [value]);
  const { channelsFirst } = inputs[0];
  const options = { shape: shapes[0], channelsFirst };
  const product = graph.operation(path, 'Mul', [inputs[0], constant('scale', scale)], options);
  return graph.operation(path, 'Add', [product, constant('offset', offset)], options);
};

const concatenate: Converter = (use) => {
  const { graph, path, inputs, shapes } = use;
  const [shape] = shapes;
  const { axis = -1 } = use.config as { axis?: number };
  const tfjs = axis < 0 ? axis + shape.length : axis;
  const values = inputs.map((input) => graph.channelsFirst(input));
  const channelsFirst = shape.length === 4;
  const attributes = { axis: { int: axisOf(tfjs, { channelsFirst }) } };
  return graph.operation(path, 'Concat', values, { attributes, shape, channelsFirst });
};

/** Of values of one rank. */
const merge =
  (op: string): Converter =>
  (use) =>
    elementwise(use, op, use.inputs, { shape: use.shapes[0] });

const multiply: Converter = (use) =>
  use.inputs.reduce((product, input) =>
    elementwise(use, 'Mul', [product, input], { shape: use.shapes[0] }),
  );

/** Layers without arithmetic of their own, and those that put several values together, by class name. */
export const shapeLayers: Readonly<Record<string, Converter>> = {
  Dropout: nothing,
  SpatialDropout1D: nothing,
  GaussianNoise: nothing,
  GaussianDropout: nothing,
  AlphaDropout: nothing,
  Reshape: reshaped,
  Flatten: flatten,
  Permute: permute,
  ZeroPadding2D: zeroPadding,
  Cropping2D: cropping,
  Rescaling: rescaling,
  Concatenate: concatenate,
  Add: merge('Sum'),
  Average: merge('Mean'),
  Maximum: merge('Max'),
  Minimum: merge('Min'),
  Multiply: multiply,
};

import {
  PadV2,
  type PadV2Attrs,
  type PadV2Inputs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { replacement } from '../define-kernels.ts';

/** The dimensions of an array, each with how many values come before and after its own. */
interface Dimension {
  size: number;
  before: number;
  after: number;
}

const RANK = 3;

/** An array with the same value around it; the stock kernel computes a place for each value, on one thread. */
export const pad = replacement<PadV2Inputs, PadV2Attrs>(
  PadV2,
  (module, { inputs: { x }, attrs: { paddings, constantValue }, stock }) => {
    const shape = x.shape.map((size, i) => size + sumOf(paddings[i] as [number, number]));
    const dimensions = together(x, paddings);
    const fourBytes = x.dtype === 'float32' || x.dtype === 'int32';
    const empty = util.sizeFromShape(x.shape) === 0;
    if (!fourBytes || dimensions.length > RANK || empty) return stock();
    const none = { size: 1, before: 0, after: 0 };
    const [outer, rows, values] = [
      ...Array<Dimension>(RANK - dimensions.length).fill(none),
      ...dimensions,
    ] as [Dimension, Dimension, Dimension];
    const y = module.output(shape, x.dtype);
    const [from, to] = [module.address(x), module.address(y)];
    const work = { items: whole(outer) * whole(rows), cost: whole(values) };
    module.parallel('pad', work, (first, last) => [
      from,
      ...[outer.size, rows.size, values.size],
      ...[outer.before, rows.before, values.before],
      ...[whole(rows), whole(values)],
      bitsOf(constantValue, x.dtype),
      to,
      first,
      last,
    ]);
    return y;
  },
);

const sumOf = ([before, after]: readonly [number, number]) => before + after;
const whole = ({ size, before, after }: Dimension) => before + size + after;

/** Fewer dimensions for the same memory: one without padding belongs to the one before it. */
function together({ shape }: TensorInfo, paddings: readonly (readonly number[])[]): Dimension[] {
  const dimensions: Dimension[] = [];
  for (const [i, size] of shape.entries()) {
    const [before, after] = paddings[i] as [number, number];
    const last = dimensions.at(-1);
    if (last && before === 0 && after === 0) {
      last.size *= size;
      last.before *= size;
      last.after *= size;
    } else {
      dimensions.push({ size, before, after });
    }
  }
  return dimensions;
}

/** The four bytes of a value, as an integer. */
function bitsOf(value: number, dtype: TensorInfo['dtype']): number {
  return dtype === 'int32'
    ? value | 0
    : (new Int32Array(new Float32Array([value]).buffer)[0] as number);
}

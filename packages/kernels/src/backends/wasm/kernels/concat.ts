import {
  backend_util,
  Concat,
  type ConcatAttrs,
  SplitV,
  type SplitVAttrs,
  type SplitVInputs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { replacement } from '../define-kernels.ts';
import type { WasmModule } from '../module.ts';

/** Arrays side by side; the stock kernel makes a JavaScript object for each run of values. */
export const concat = replacement<readonly [TensorInfo, ...TensorInfo[]], ConcatAttrs>(
  Concat,
  (module, { inputs: parts, attrs, stock }) => {
    const [first] = parts;
    const [axis] = util.parseAxisParam(attrs.axis, first.shape) as [number];
    const shapes = parts.map(({ shape }) => shape);
    backend_util.assertParamsConsistent(shapes, axis);
    if (parts.length < 2 || !parts.every((part) => fits(part, first))) return stock();
    const shape = backend_util.computeOutShape(shapes, axis);
    const whole = module.output(shape, first.dtype);
    copyParts(module, parts, whole, axis, false);
    return whole;
  },
);

/** The reverse, and the gradient; the stock kernel slices once for each part. */
export const split = replacement<SplitVInputs, SplitVAttrs>(
  SplitV,
  (module, { inputs: { x }, attrs, stock }) => {
    const [axis] = util.parseAxisParam(attrs.axis, x.shape) as [number];
    const sizes = backend_util.prepareSplitSize(x, attrs.numOrSizeSplits, axis);
    if (!fits(x, x) || sizes.some((size) => size === 0)) return stock();
    const parts = sizes.map((size) => module.output(x.shape.with(axis, size), x.dtype));
    copyParts(module, parts, x, axis, true);
    return parts;
  },
);

/** Whether a part has values, of four bytes and of the same type as the first one's. */
function fits({ shape, dtype }: TensorInfo, first: TensorInfo): boolean {
  const fourBytes = dtype === 'float32' || dtype === 'int32';
  return fourBytes && dtype === first.dtype && util.sizeFromShape(shape) > 0;
}

/**
 * Copies parts into the whole, or if `apart` the whole into its parts. A row is what lies together in
 * memory: `axis` and all behind it.
 */
function copyParts(
  module: WasmModule,
  parts: readonly TensorInfo[],
  whole: TensorInfo,
  axis: number,
  apart: boolean,
): void {
  const rowOf = ({ shape }: TensorInfo) => util.sizeFromShape(shape.slice(axis));
  const length = rowOf(whole);
  const rows = util.sizeFromShape(whole.shape.slice(0, axis));
  const [table] = module.scratch(8 * parts.length) as [number];
  module.writeIntegers(
    table,
    parts.flatMap((part) => [module.address(part), rowOf(part)]),
  );
  const address = module.address(whole);
  module.parallel('copyParts', { items: rows, cost: length }, (first, last) => [
    table,
    parts.length,
    address,
    length,
    Number(apart),
    first,
    last,
  ]);
}

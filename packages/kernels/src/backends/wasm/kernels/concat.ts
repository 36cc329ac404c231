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
  (module, { inputs: pieces, attrs, stock }) => {
    const [first] = pieces;
    const [axis] = util.parseAxisParam(attrs.axis, first.shape) as [number];
    const shapes = pieces.map(({ shape }) => shape);
    backend_util.assertParamsConsistent(shapes, axis);
    if (pieces.length < 2 || !pieces.every((piece) => fits(piece, first))) return stock();
    const shape = backend_util.computeOutShape(shapes, axis);
    const whole = module.output(shape, first.dtype);
    copyPieces(module, pieces, whole, axis, false);
    return whole;
  },
);

/** The reverse, and the gradient; the stock kernel slices once for each piece. */
export const split = replacement<SplitVInputs, SplitVAttrs>(
  SplitV,
  (module, { inputs: { x }, attrs, stock }) => {
    const [axis] = util.parseAxisParam(attrs.axis, x.shape) as [number];
    const sizes = backend_util.prepareSplitSize(x, attrs.numOrSizeSplits, axis);
    if (!fits(x, x) || sizes.some((size) => size === 0)) return stock();
    const pieces = sizes.map((size) => module.output(x.shape.with(axis, size), x.dtype));
    copyPieces(module, pieces, x, axis, true);
    return pieces;
  },
);

/** Whether a piece has values, of four bytes and of the same type as the first one's. */
function fits({ shape, dtype }: TensorInfo, first: TensorInfo): boolean {
  const fourBytes = dtype === 'float32' || dtype === 'int32';
  return fourBytes && dtype === first.dtype && util.sizeFromShape(shape) > 0;
}

/**
 * Copies pieces into the whole, or if `apart` the whole into its pieces. A row is what lies together in
 * memory: `axis` and all behind it.
 */
function copyPieces(
  module: WasmModule,
  pieces: readonly TensorInfo[],
  whole: TensorInfo,
  axis: number,
  apart: boolean,
): void {
  const rowOf = ({ shape }: TensorInfo) => util.sizeFromShape(shape.slice(axis));
  const length = rowOf(whole);
  const rows = util.sizeFromShape(whole.shape.slice(0, axis));
  const [table] = module.scratch(8 * pieces.length);
  module.writeIntegers(
    table,
    pieces.flatMap((piece) => [module.address(piece), rowOf(piece)]),
  );
  const address = module.address(whole);
  module.parallel('copyPieces', { items: rows, cost: length }, (first, last) => [
    table,
    pieces.length,
    address,
    length,
    Number(apart),
    first,
    last,
  ]);
}

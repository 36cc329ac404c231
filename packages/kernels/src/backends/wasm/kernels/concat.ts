import {
  backend_util,
  Concat,
  type ConcatAttrs,
  type KernelFunc,
  SplitV,
  type SplitVAttrs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { Replacement } from '../../../registry/install.ts';
import { moduleOf } from '../module.ts';

/** Arrays side by side; the stock kernel makes a JavaScript object for each run of values. */
export const concat: Replacement = {
  kernelName: Concat,
  create:
    (stock): KernelFunc =>
    (args) => {
      const parts = args.inputs as unknown as readonly TensorInfo[];
      const [first] = parts as [TensorInfo];
      const [axis] = util.parseAxisParam((args.attrs as unknown as ConcatAttrs).axis, first.shape);
      const shapes = parts.map(({ shape }) => shape);
      backend_util.assertParamsConsistent(shapes, axis as number);
      if (parts.length < 2 || !parts.every((part) => fits(part, first))) return stock(args);
      const shape = backend_util.computeOutShape(shapes, axis as number);
      const whole = moduleOf(args.backend).output(shape, first.dtype);
      copyParts(parts, whole, axis as number, false, args.backend);
      return whole;
    },
};

/** The reverse, and the gradient; the stock kernel slices once for each part. */
export const split: Replacement = {
  kernelName: SplitV,
  create:
    (stock): KernelFunc =>
    (args) => {
      const { x } = args.inputs as { x: TensorInfo };
      const { numOrSizeSplits, axis: given } = args.attrs as unknown as SplitVAttrs;
      const [axis] = util.parseAxisParam(given, x.shape) as [number];
      const sizes = backend_util.prepareSplitSize(x, numOrSizeSplits, axis);
      if (!fits(x, x) || sizes.some((size) => size === 0)) return stock(args);
      const module = moduleOf(args.backend);
      const parts = sizes.map((size) => module.output(x.shape.with(axis, size), x.dtype));
      copyParts(parts, x, axis, true, args.backend);
      return parts;
    },
};

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
  parts: readonly TensorInfo[],
  whole: TensorInfo,
  axis: number,
  apart: boolean,
  backend: object,
): void {
  const module = moduleOf(backend);
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
    ...[table, parts.length, address, length, Number(apart), first, last],
  ]);
}

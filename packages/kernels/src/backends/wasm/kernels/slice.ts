import { Slice, type SliceAttrs, type SliceInputs, slice_util, util } from '@tensorflow/tfjs-core';
import { replacement } from '../define-kernels.ts';

const RANK = 4;

/** A part of an array; the stock kernel makes a JavaScript object for each run of values. */
export const slice = replacement<SliceInputs, SliceAttrs>(
  Slice,
  (module, { inputs: { x }, attrs, stock }) => {
    const [begin, size] = slice_util.parseSliceParams(x as never, attrs.begin, attrs.size) as [
      number[],
      number[],
    ];
    const fourBytes = x.dtype === 'float32' || x.dtype === 'int32';
    if (!fourBytes || x.shape.length > RANK || util.sizeFromShape(size) === 0) return stock();
    slice_util.assertParamsValid(x as never, begin, size);
    const y = module.output(size, x.dtype);
    const padded = (values: number[], by: number) =>
      [...Array(RANK - values.length).fill(by), ...values] as [number, number, number, number];
    const strides = x.shape.map((_, i) => util.sizeFromShape(x.shape.slice(i + 1)));
    const start = begin.reduce((sum, b, i) => sum + b * (strides[i] as number), 0);
    const steps = padded(strides, 0);
    const [size0, size1, size2, length] = padded(size, 1);
    const [from, to] = [module.address(x) + 4 * start, module.address(y)];
    const work = { items: size0 * size1, cost: size2 * length };
    module.parallel('slice', work, (first, last) => [
      from,
      ...steps.slice(0, 3),
      size1,
      size2,
      length,
      to,
      first,
      last,
    ]);
    return y;
  },
);

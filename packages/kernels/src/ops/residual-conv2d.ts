import {
  add,
  fused,
  relu as rectify,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { conv2DInfo } from '../convolution/geometry.ts';
import { gradientDepth } from '../gradients/variable-gradients.ts';
import { checkKnown } from '../registry/known-options.ts';
import { tryFusedKernel } from '../registry/run-fused-kernel.ts';

type Pair = [height: number, width: number];

/** The options of {@link residualConv2d}. */
export interface ResidualConv2dOptions {
  /** Pixels from one position of the filter to the next. @default 1 */
  strides?: number | Pair;
  /** Zeros around the image, as many as TensorFlow takes, or none. @default 'valid' */
  pad?: 'same' | 'valid';
  /** Pixels from one tap to the next. @default 1 */
  dilations?: number | Pair;
  /** Whether to end with max(0, ·). @default false */
  relu?: boolean;
}

const DEFAULTS = { strides: 1, pad: 'valid', dilations: 1, relu: false } as const;
const where = '[@fbsd/kernels] residualConv2d';

/**
 * A convolution that ends a residual block, in inference: `y = [relu](x ∗ filter + bias + residual)`. On wasm and native
 * kernels the residual is added as outputs are written, which spares four passes over them; where a gradient is taken, and on
 * other backends, stock ops compute it.
 *
 * @param x float32 [B,H,W,C]
 * @param filter float32 [h,w,C,K]
 * @param bias float32 [K]
 * @param residual float32, of the shape of the output
 * @returns [B,H',W',K]; has a gradient for every input
 * @throws TypeError if a shape or dtype does not fit
 * @see He et al. 2016, "Deep Residual Learning for Image Recognition", arXiv 1512.03385
 */
export function residualConv2d(
  x: Tensor4D,
  filter: Tensor4D,
  bias: Tensor1D,
  residual: Tensor4D,
  options: ResidualConv2dOptions = {},
): Tensor4D {
  checkKnown(where, options, Object.keys(DEFAULTS));
  const { pad, relu, ...others } = { ...DEFAULTS, ...options };
  const [strides, dilations] = [pairOf(others.strides), pairOf(others.dilations)];
  const attrs = { strides, pad, dilations, relu };
  const inputs = { x, filter, bias, residual };
  check(inputs, attrs);
  if (gradientDepth() === 0) {
    const [y] = tryFusedKernel('FbsdResidualConv2D', inputs, attrs) ?? [];
    if (y) return y;
  }
  return tidy(() => {
    const sum = add(fused.conv2d({ x, filter, bias, strides, pad, dilations }), residual);
    return (relu ? rectify(sum) : sum) as Tensor4D;
  });
}

function pairOf(value: number | Pair): Pair {
  return typeof value === 'number' ? [value, value] : value;
}

function check(
  inputs: Record<'x' | 'filter' | 'bias' | 'residual', Tensor>,
  attrs: { strides: Pair; pad: 'same' | 'valid'; dilations: Pair },
): void {
  for (const [name, { dtype, rank, shape }] of Object.entries(inputs)) {
    const expected = name === 'bias' ? 1 : 4;
    if (dtype === 'float32' && rank === expected) continue;
    throw new TypeError(
      `${where}: ${name} must be float32 of rank ${expected}; got ${dtype} [${shape}].`,
    );
  }
  const { x, filter, bias, residual } = inputs;
  if (filter.shape[2] !== x.shape[3] || bias.shape[0] !== filter.shape[3]) {
    throw new TypeError(
      `${where}: expected a filter [h,w,${x.shape[3]},K] for the ${x.shape[3]} channels of x, and a bias [K]; ` +
        `got [${filter.shape}] and [${bias.shape}].`,
    );
  }
  const { outShape } = conv2DInfo(where, x.shape, filter.shape, attrs);
  if (residual.shape.join() !== outShape.join()) {
    throw new TypeError(
      `${where}: the residual must have the shape of the output [${outShape}]; got [${residual.shape}].`,
    );
  }
}

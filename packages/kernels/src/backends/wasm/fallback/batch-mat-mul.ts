import {
  _FusedMatMul,
  type _FusedMatMulAttrs,
  add,
  BatchMatMul,
  type BatchMatMulAttrs,
  backend_util,
  reshape,
  slice,
  stack,
  type Tensor,
  type TensorInfo,
  tidy,
  transpose,
  util,
  zeros,
} from '@tensorflow/tfjs-core';
import { type KernelCall, replacement } from '../../../registry/define-kernels.ts';
import { activate, toTensor } from '../../activation.ts';

interface Inputs {
  a: Tensor;
  b: Tensor;
  bias?: Tensor;
  preluActivationWeights?: Tensor;
}

type Product = KernelCall<Inputs, BatchMatMulAttrs>;

/**
 * The stock kernels are fast for one product without transposes (XNNPACK) and a scalar loop for
 * everything else. So transpose explicitly, and multiply the matrices of a batch one by one.
 */
export const batchMatMul = replacement<Inputs, BatchMatMulAttrs>(BatchMatMul, multiply);

/**
 * The same with bias, which the stock kernel adds to each product, and activation. (With transposes
 * or batches the stock kernel adds the wrong elements of the bias.)
 */
export const fusedMatMul = replacement<Inputs, _FusedMatMulAttrs>(
  _FusedMatMul,
  ({ inputs: { preluActivationWeights, ...inputs }, attrs, stock }) => {
    const linear = { ...attrs, activation: 'linear' };
    const y = multiply({ inputs, attrs: linear, stock }) as TensorInfo;
    return activate(y, attrs, preluActivationWeights);
  },
);

function multiply(call: Product): TensorInfo | TensorInfo[] {
  const { a, b } = call.inputs;
  const { transposeA, transposeB } = call.attrs;
  const single = a.size * b.size > 0 && batchSize(a) === 1 && batchSize(b) === 1;
  if (single && !transposeA && !transposeB) return call.stock(call);
  const outer = backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (a.size === 0 || b.size === 0) return emptySums(call, outer);
  return tidy(() => {
    const left = matrices(a, transposeA); // batch × [M,K]
    const right = matrices(b, transposeB); // batch × [K,N]
    const count = Math.max(left.length, right.length);
    const products = Array.from({ length: count }, (_, i) =>
      product(call, left[i % left.length] as Tensor, right[i % right.length] as Tensor),
    );
    return reshape(stack(products), [...outer, ...(products[0] as Tensor).shape.slice(-2)]);
  });
}

/** Sums of no products: the bias, or zeros. The stock kernel leaves what is in the memory. */
function emptySums({ inputs: { a, b, bias }, attrs }: Product, outer: number[]): Tensor {
  const rows = a.shape.at(attrs.transposeA ? -1 : -2) as number;
  const columns = b.shape.at(attrs.transposeB ? -2 : -1) as number;
  return tidy(() => {
    const sums = zeros([...outer, rows, columns]);
    return bias ? add(sums, bias) : sums;
  });
}

function batchSize(x: Tensor): number {
  return util.sizeFromShape(x.shape.slice(0, -2));
}

/** The matrices of a batch, transposed if asked for, each as [1,rows,columns]. */
function matrices(x: Tensor, transposed: boolean): Tensor[] {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const flat = reshape(x, [-1, rows, columns]);
  return Array.from({ length: flat.shape[0] as number }, (_, i) => {
    const one = flat.shape[0] === 1 ? flat : slice(flat, [i, 0, 0], [1, rows, columns]);
    return transposed ? transpose(one, [0, 2, 1]) : one;
  });
}

function product({ inputs, attrs, stock }: Product, a: Tensor, b: Tensor): Tensor {
  const untransposed = { ...attrs, transposeA: false, transposeB: false };
  return toTensor(stock({ inputs: { ...inputs, a, b }, attrs: untransposed }) as TensorInfo);
}

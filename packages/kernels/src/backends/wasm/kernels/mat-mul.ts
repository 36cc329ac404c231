import {
  _FusedMatMul,
  type _FusedMatMulAttrs,
  BatchMatMul,
  type BatchMatMulAttrs,
  backend_util,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { KernelCall } from '../../../registry/define-kernels.ts';
import { activate } from '../../activation.ts';
import { replacement } from '../define-kernels.ts';
import type { WasmModule } from '../module.ts';
import { type MatrixProduct, multiply, productScratch } from './matrix-product.ts';

interface Inputs {
  a: TensorInfo;
  b: TensorInfo;
  bias?: TensorInfo;
  preluActivationWeights?: TensorInfo;
}

/** Matrix products that transpose while packing; the stock kernel has a scalar loop for these. */
export const batchMatMul = replacement<Inputs, BatchMatMulAttrs>(BatchMatMul, product);

/**
 * The same with bias and activation. (With transposes or batches the stock kernel adds the wrong
 * elements of the bias.)
 */
export const fusedMatMul = replacement<Inputs, _FusedMatMulAttrs>(_FusedMatMul, (module, call) =>
  activate(product(module, call) as TensorInfo, call.attrs, call.inputs.preluActivationWeights),
);

function product(
  module: WasmModule,
  { inputs: { a, b, bias }, attrs, stock }: KernelCall<Inputs, BatchMatMulAttrs>,
): TensorInfo | TensorInfo[] {
  const { transposeA, transposeB } = attrs;
  const [heightA, widthA] = a.shape.slice(-2) as [number, number];
  const [heightB, widthB] = b.shape.slice(-2) as [number, number];
  const [rows, inner] = transposeA ? [widthA, heightA] : [heightA, widthA];
  const [innerB, columns] = transposeB ? [widthB, heightB] : [heightB, widthB];
  const outer = backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const batch = util.sizeFromShape(outer);
  const [batchA, batchB] = [a, b].map((x) => util.sizeFromShape(x.shape.slice(0, -2)));
  const unusual =
    Math.min(a.shape.length, b.shape.length) < 2 ||
    a.dtype !== 'float32' ||
    b.dtype !== 'float32' ||
    inner !== innerB ||
    (batchA !== batch && batchA !== 1) ||
    (batchB !== batch && batchB !== 1) ||
    (bias && bias.shape.join() !== `${columns}`);
  if (unusual) return stock();

  const c = module.output([...outer, rows, columns]);
  if (batch * rows * columns * inner === 0) {
    emptySums(module, c, columns, bias);
    return c;
  }
  if (rows * columns === 1 && batchA === batchB && !bias) {
    const [x, y, to] = [module.address(a), module.address(b), module.address(c)];
    module.parallel('rowProducts', { items: batch, cost: inner }, (first, last) => [
      x,
      y,
      inner,
      to,
      first,
      last,
    ]);
    return c;
  }
  const scratch = module.scratch(...productScratch(module, columns));
  // Rows of several matrices that meet the same b are rows of one: it is packed once.
  const one = batchB === 1 && batchA === batch && !transposeA;
  const matrices: MatrixProduct = {
    batch: one ? 1 : batch,
    rows: one ? batch * rows : rows,
    columns,
    inner,
    a: { address: module.address(a), transposed: transposeA, shared: batchA === 1 },
    b: { address: module.address(b), transposed: transposeB, shared: batchB === 1 },
    c: module.address(c),
  };
  if (bias) matrices.bias = module.address(bias);
  multiply(module, matrices, scratch);
  return c;
}

/** Sums of no products: the bias, or zeros. The stock kernel leaves what is in the memory. */
function emptySums(
  module: WasmModule,
  c: TensorInfo,
  columns: number,
  bias: TensorInfo | undefined,
): void {
  const values = module.floats(module.address(c), util.sizeFromShape(c.shape)).fill(0);
  if (!bias) return;
  const row = module.floats(module.address(bias), columns);
  for (let i = 0; i < values.length; i += columns) values.set(row, i);
}

import {
  _FusedMatMul,
  type _FusedMatMulAttrs,
  BatchMatMul,
  backend_util,
  type KernelFunc,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { Replacement } from '../../../registry/install.ts';
import { activate } from '../../activation.ts';
import { moduleOf } from '../module.ts';
import { type MatrixProduct, multiply, productScratch } from './matrix-product.ts';

interface Inputs {
  a: TensorInfo;
  b: TensorInfo;
  bias?: TensorInfo;
  preluActivationWeights?: TensorInfo;
}

interface Attrs {
  transposeA: boolean;
  transposeB: boolean;
}

/** Matrix products that transpose while packing; the stock kernel has a scalar loop for these. */
export const batchMatMul: Replacement = { kernelName: BatchMatMul, create: (stock) => fast(stock) };

/**
 * The same with bias and activation. (With transposes or batches the stock kernel adds the wrong
 * elements of the bias.)
 */
export const fusedMatMul: Replacement = {
  kernelName: _FusedMatMul,
  create: (stock) => {
    const product = fast(stock);
    return (args) => {
      const { preluActivationWeights } = args.inputs as unknown as Inputs;
      const attrs = args.attrs as unknown as _FusedMatMulAttrs;
      return activate(product(args) as TensorInfo, attrs, preluActivationWeights);
    };
  },
};

function fast(stock: KernelFunc): KernelFunc {
  return (args) => {
    const { a, b, bias } = args.inputs as unknown as Inputs;
    const { transposeA, transposeB } = args.attrs as unknown as Attrs;
    const [heightA, widthA] = a.shape.slice(-2) as [number, number];
    const [heightB, widthB] = b.shape.slice(-2) as [number, number];
    const [rows, inner] = transposeA ? [widthA, heightA] : [heightA, widthA];
    const [innerB, columns] = transposeB ? [widthB, heightB] : [heightB, widthB];
    const outer = backend_util.assertAndGetBroadcastShape(
      a.shape.slice(0, -2),
      b.shape.slice(0, -2),
    );
    const batch = util.sizeFromShape(outer);
    const [batchA, batchB] = [a, b].map((x) => util.sizeFromShape(x.shape.slice(0, -2)));
    const unusual =
      Math.min(a.shape.length, b.shape.length) < 2 ||
      batch * rows * columns * inner === 0 ||
      a.dtype !== 'float32' ||
      b.dtype !== 'float32' ||
      inner !== innerB ||
      (batchA !== batch && batchA !== 1) ||
      (batchB !== batch && batchB !== 1) ||
      (bias && bias.shape.join() !== `${columns}`);
    if (unusual) return stock(args);

    const module = moduleOf(args.backend);
    const c = module.output([...outer, rows, columns]);
    const [scratch] = module.scratch(productScratch(module, columns)) as [number];
    const product: MatrixProduct = {
      ...{ batch, rows, columns, inner },
      a: { address: module.address(a), transposed: transposeA, shared: batchA === 1 },
      b: { address: module.address(b), transposed: transposeB, shared: batchB === 1 },
      c: module.address(c),
    };
    if (bias) product.bias = module.address(bias);
    multiply(module, product, scratch);
    return c;
  };
}

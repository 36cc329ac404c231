import type { WasmModule } from '../module.ts';

/** A batch of products c = op(a)·op(b) of row-major matrices. */
export interface MatrixProduct {
  batch: number;
  rows: number;
  columns: number;
  inner: number;
  a: Operand;
  b: Operand;
  /** Address of [columns]. @default none */
  bias?: number;
  /** Address of [batch,rows,columns]. */
  c: number;
}

/** A matrix of a product, or a batch of them. */
export interface Operand {
  address: number;
  /** Stored transposed: a as [inner,rows], b as [columns,inner]. @default false */
  transposed?: boolean;
  /** One matrix serves the whole batch. @default false */
  shared?: boolean;
}

/** Sizes of the scratch areas, one for each thread, for products of so many columns. */
export function productScratch(module: WasmModule, columns: number): number[] {
  return module.forEachThread(module.sizes.multiplyScratchBytes(columns));
}

/** @param scratch addresses of areas of {@link productScratch} */
export function multiply(module: WasmModule, p: MatrixProduct, scratch: readonly number[]): void {
  const { rows, columns, inner } = p;
  const { ROWS } = module.sizes;
  const work = { items: p.batch * Math.ceil(rows / ROWS), cost: ROWS * columns * inner };
  const operand = ({ address, transposed = false, shared = false }: Operand, size: number) => [
    address,
    Number(transposed),
    shared ? 0 : size,
  ];
  module.parallel('multiply', work, (first, last, thread) => [
    ...operand(p.a, rows * inner),
    ...operand(p.b, inner * columns),
    p.bias ?? 0,
    p.c,
    rows,
    columns,
    inner,
    first,
    last,
    scratch[thread] as number,
  ]);
}

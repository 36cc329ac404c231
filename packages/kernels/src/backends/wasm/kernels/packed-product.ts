import type { WasmModule } from '../module.ts';
import type { MatrixProduct, Operand } from './matrix-product.ts';

/**
 * A batch of products c = op(a)·op(b) of large row-major matrices. b is packed whole before they are computed, by all
 * threads for all: the larger the matrices, the more that gains over `multiply`.
 */
export interface PackedProduct extends Omit<MatrixProduct, 'a' | 'b' | 'bias'> {
  a: Omit<Operand, 'shared'>;
  b: Omit<Operand, 'shared'>;
  /** Address of [batch,rows,columns], which may be c: the product is added to it when it is complete. @default none */
  addend?: number;
}

/** Working memory of {@link multiplyPacked}. */
export interface PackedScratch {
  /** Where matrices are packed, and bytes of it: at least `panelBytes` of one. */
  packed: { address: number; bytes: number };
  /** Addresses of areas of `multiplyPackedScratchBytes`, one for each thread. */
  areas: readonly number[];
}

/** Takes as many of the batch at a time as fit where they are packed. */
export function multiplyPacked(
  module: WasmModule,
  { batch, rows, columns, inner, a, b, addend, c }: PackedProduct,
  { packed, areas }: PackedScratch,
): void {
  if (rows === 0 || columns === 0) return;
  const { ROWS, COLUMNS, panelBytes } = module.sizes;
  const together = Math.floor(packed.bytes / panelBytes(inner, columns));
  for (let begin = 0; begin < batch; begin += together) {
    const matrices = Math.min(together, batch - begin);
    const from = (address: number, size: number) => address + 4 * begin * size;
    const panels = { items: matrices * Math.ceil(columns / COLUMNS), cost: COLUMNS * inner };
    module.parallel('packMatrices', panels, (first, last) => [
      from(b.address, inner * columns),
      Number(b.transposed ?? false),
      columns,
      inner,
      packed.address,
      first,
      last,
    ]);
    const groups = { items: matrices * Math.ceil(rows / ROWS), cost: ROWS * columns * inner };
    module.parallel('multiplyPacked', groups, (first, last, thread) => [
      from(a.address, rows * inner),
      Number(a.transposed ?? false),
      packed.address,
      addend === undefined ? 0 : from(addend, rows * columns),
      from(c, rows * columns),
      rows,
      columns,
      inner,
      first,
      last,
      areas[thread] as number,
    ]);
  }
}

import type { WebGPUBackend } from '../runtime/backend.ts';
import { type Binding, type Program, run } from '../runtime/program.ts';
import { DIRECTIVES, float16 } from './float16.ts';
import { float32 } from './float32.ts';
import { largest } from './largest.ts';
import { matrixUnitsInUse } from './matrix-units.ts';
import type { Operand } from './operand.ts';
import { type TiledProduct, tiledProduct } from './tiled-product.ts';

/** A product of matrices as a program. */
export interface Product extends TiledProduct, Omit<Program, 'code' | 'directives'> {
  readonly a: Operand & Binding;
  readonly b: Operand & Binding;
  /** Read by `result`, besides the operands. */
  readonly reads: Program['reads'];
}

/** Computes a product: by the device's matrix units if they are in use, else in float32. */
export function product(backend: WebGPUBackend, program: Product): void {
  const { side, a, b, variant = '' } = program;
  const { device } = backend;
  const units = matrixUnitsInUse(device);
  const maxima = units && largest(backend, a.tensor, b.tensor);
  run(backend, {
    ...program,
    variant: `${side} ${variant}`,
    reads: { [a.array]: a, [b.array]: b, ...program.reads, ...(maxima && { maxima }) },
    ...(units && { directives: DIRECTIVES }),
    code: () => {
      const contiguous = { A: a.contiguous, B: b.contiguous };
      const arithmetic = units
        ? float16(device, side, contiguous, units)
        : float32(device, side, contiguous);
      return tiledProduct(program, arithmetic);
    },
  });
  if (maxima) backend.disposeData(maxima.dataId);
}

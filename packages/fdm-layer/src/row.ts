import { concat, customGrad, reshape, split, type Tensor, tidy } from '@tensorflow/tfjs-core';

/** All values of several tensors in one row. */
export function toRow(tensors: readonly Tensor[]): Tensor {
  return tidy(() => concat(tensors.map((x) => reshape(x, [-1]))));
}

/** The tensors of the given shapes that a row holds: the inverse of {@link toRow}. */
export function fromRow(row: Tensor, shapes: readonly number[][]): Tensor[] {
  return tidy(() => {
    const sizes = shapes.map((shape) => shape.reduce((a, b) => a * b, 1));
    return split(row, sizes).map((part, i) => view(part, shapes[i] as number[]));
  });
}

/** Reshape that saves nothing for its gradient, where the stock one saves (on wasm: copies) x. */
function view(x: Tensor, shape: number[]): Tensor {
  const before = x.shape;
  const op = customGrad((input) => ({
    value: reshape(input as Tensor, shape),
    gradFunc: (dy: Tensor) => reshape(dy, before),
  }));
  return op(x);
}

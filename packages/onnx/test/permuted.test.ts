import { permuted } from '../src/permuted.ts';

/** All orders of the axes. */
function ordersOf(axes: readonly number[]): number[][] {
  if (axes.length === 0) return [[]];
  return axes.flatMap((axis) =>
    ordersOf(axes.filter((other) => other !== axis)).map((rest) => [axis, ...rest]),
  );
}

/** Where the value at a place of the result comes from, by its coordinates. */
function sourceOf(place: number, shape: readonly number[], order: readonly number[]): number {
  const coordinates: number[] = [];
  let rest = place;
  for (const axis of order.toReversed()) {
    const size = shape[axis] as number;
    coordinates[axis] = rest % size;
    rest = Math.floor(rest / size);
  }
  return shape.reduce((index, size, axis) => index * size + (coordinates[axis] as number), 0);
}

describe('permuted', () => {
  test.each([
    ['a convolution', [3, 3, 18, 35]],
    ['a convolution of one pixel', [1, 1, 40, 33]],
    ['axes of one', [1, 17, 1, 2]],
    ['five axes', [2, 3, 1, 5, 4]],
    ['a matrix', [50, 16]],
    ['a vector', [7]],
    ['nothing', [3, 0, 2]],
    ['a scalar', []],
  ])('%s, in every order: each value from its place', (_, shape) => {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i + 1);
    for (const order of ordersOf(shape.map((_, axis) => axis))) {
      const expected = values.map((_, place) => values[sourceOf(place, shape, order)] as number);
      expect([order, permuted(values, shape, order)]).toEqual([order, expected]);
    }
  });
});

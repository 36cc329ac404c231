/** An axis as it is stepped along: how many places, and how many values apart they lie before and after. */
interface Axis {
  size: number;
  before: number;
  after: number;
}

/** Side of the squares that are turned at once: a line of the cache holds as many floats. */
const TILE = 16;

/**
 * The values of a tensor with its axes in another order.
 *
 * @param order the axis of the given tensor that becomes each axis of the result
 * @returns the same array where nothing moves
 */
export function permuted(
  values: Float32Array,
  shape: readonly number[],
  order: readonly number[],
): Float32Array {
  const axes = joined(shape, order);
  if (axes.length < 2) return values;
  const result = new Float32Array(values.length);
  const read = axes.find(({ before }) => before === 1) as Axis; // along which values lie side by side
  const written = axes[axes.length - 1] as Axis;
  const outer = axes.filter((axis) => axis !== read && axis !== written);
  const move = (depth: number, from: number, to: number) => {
    const axis = outer[depth];
    if (!axis) {
      if (read === written) result.set(values.subarray(from, from + read.size), to);
      else turn(values, result, { read, written, from, to });
      return;
    }
    for (let i = 0; i < axis.size; i++) {
      move(depth + 1, from + i * axis.before, to + i * axis.after);
    }
  };
  move(0, 0, 0);
  return result;
}

/** The axes of the result, those as one that also follow each other in the given tensor; without those of size 1. */
function joined(shape: readonly number[], order: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  let after = 1;
  for (const axis of order.toReversed()) {
    const size = shape[axis] as number;
    const before = shape.slice(axis + 1).reduce((product, n) => product * n, 1);
    const inner = axes[0];
    if (size === 1) continue;
    if (inner && before === inner.before * inner.size) inner.size *= size;
    else axes.unshift({ size, before, after });
    after *= size;
  }
  return axes;
}

/** Rows become columns, square by square, so that neither side leaves the cache before its line is used. */
function turn(
  values: Float32Array,
  result: Float32Array,
  { read, written, from, to }: { read: Axis; written: Axis; from: number; to: number },
): void {
  const [columns, rows] = [read.size, written.size];
  const [stepBefore, stepAfter] = [written.before, read.after];
  for (let column = 0; column < columns; column += TILE) {
    const columnEnd = Math.min(column + TILE, columns);
    for (let row = 0; row < rows; row += TILE) {
      const rowEnd = Math.min(row + TILE, rows);
      for (let c = column; c < columnEnd; c++) {
        let source = from + row * stepBefore + c;
        const start = to + c * stepAfter;
        for (let r = row; r < rowEnd; r++) {
          result[start + r] = values[source] as number;
          source += stepBefore;
        }
      }
    }
  }
}

import type { Elements } from '@fbsd/torch-weights';

/**
 * Shape in PyTorch of a weight here: convolution HWIO → OIHW, linear [in,out] → [out,in]; others keep it.
 */
export function torchShape(shape: readonly number[]): number[] {
  const outputs = shape.slice(-1);
  if (shape.length === 4) return [...outputs, ...shape.slice(2, 3), ...shape.slice(0, 2)];
  return shape.length === 2 ? [...outputs, ...shape.slice(0, 1)] : [...shape];
}

/** The elements of a weight in PyTorch's layout as float32 in the layout here, `shape`. A copy. */
export function fromTorch(data: Elements, shape: readonly number[]): Float32Array {
  const from =
    data instanceof Float32Array ? data : Float32Array.from<number | bigint>(data, Number);
  const to = new Float32Array(from.length);
  const [positions, inputs, outputs] = axes(shape);
  reverseAxes(from, [outputs, inputs, positions], to);
  return to;
}

/** Writes a weight in the layout here, `shape`, to `to` in PyTorch's. */
export function toTorch(data: Float32Array, shape: readonly number[], to: Float32Array): void {
  reverseAxes(data, axes(shape), to);
}

/** A kernel as [positions, inputs, outputs]; what has one axis, or more than four, is left as it is. */
function axes(shape: readonly number[]): [number, number, number] {
  const [a = 1, b = 1, c = 1, d = 1] = shape;
  if (shape.length === 4) return [a * b, c, d];
  return shape.length === 2 ? [1, a, b] : [1, shape.reduce((x, y) => x * y, 1), 1];
}

/** Rows that are written together, so that both sides stay in the cache. */
const BLOCK = 16;

/** [a,b,c] → [c,b,a]. */
function reverseAxes(
  from: Float32Array,
  [a, b, c]: readonly [number, number, number],
  to: Float32Array,
): void {
  for (let block = 0; block < a; block += BLOCK) {
    const end = Math.min(a, block + BLOCK);
    for (let j = 0; j < b; j++) {
      for (let k = 0; k < c; k++) {
        const target = (k * b + j) * a;
        for (let i = block; i < end; i++) to[target + i] = from[(i * b + j) * c + k] as number;
      }
    }
  }
}

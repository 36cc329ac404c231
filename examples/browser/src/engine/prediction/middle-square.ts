import type { Pixels } from '@fbsd/trainer';

/** The largest square in the middle of a picture. */
export function middleSquare({ data, width, height }: Pixels): Pixels {
  const side = Math.min(width, height);
  const [left, top] = [width, height].map((length) => Math.floor((length - side) / 2)) as [
    number,
    number,
  ];
  const square = new Uint8Array(3 * side * side);
  for (let row = 0; row < side; row++) {
    const from = 3 * ((top + row) * width + left);
    square.set(data.subarray(from, from + 3 * side), 3 * row * side);
  }
  return { data: square, width: side, height: side };
}

/** Where a picture's bytes come from: (x, y) ↦ (a·x + b·y + c, d·x + e·y + f), as Pillow's `Image.transform`. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Fractions of Pillow's fixed-point coordinates. */
const ONE = 2 ** 16;

/**
 * Takes every pixel from where the map leads, the nearest one, black outside: equal to Pillow, byte for byte.
 *
 * @param rgb [S,S,3]
 */
export function transform(rgb: Uint8Array, side: number, [a, b, c, d, e, f]: Affine): Uint8Array {
  const result = new Uint8Array(rgb.length);
  const fixed = (value: number) => Math.floor(value * ONE + 0.5);
  const [stepX, stepY] = [fixed(a), fixed(d)];
  for (let y = 0; y < side; y++) {
    // From the middle of the first pixel of the row.
    let sourceX = fixed(c + a * 0.5 + b * 0.5) + y * fixed(b);
    let sourceY = fixed(f + d * 0.5 + e * 0.5) + y * fixed(e);
    for (let x = 0; x < side; x++) {
      const column = Math.floor(sourceX / ONE);
      const row = Math.floor(sourceY / ONE);
      if (column >= 0 && column < side && row >= 0 && row < side) {
        const from = (row * side + column) * 3;
        const to = (y * side + x) * 3;
        result[to] = rgb[from] as number;
        result[to + 1] = rgb[from + 1] as number;
        result[to + 2] = rgb[from + 2] as number;
      }
      sourceX += stepX;
      sourceY += stepY;
    }
  }
  return result;
}

/** Turns about the middle, counterclockwise. */
export function rotation(degrees: number, side: number): Affine {
  const angle = (-degrees * Math.PI) / 180;
  const rounded = (value: number) => Math.round(value * 1e15) / 1e15;
  const [cos, sin] = [rounded(Math.cos(angle)), rounded(Math.sin(angle))];
  const middle = side / 2;
  return [
    cos,
    sin,
    middle - cos * middle - sin * middle,
    -sin,
    cos,
    middle + sin * middle - cos * middle,
  ];
}

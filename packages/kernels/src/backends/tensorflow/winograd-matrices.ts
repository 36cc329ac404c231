/*
 * The matrices of Winograd's F(4×4, 3×3), docs/derivations/winograd.md: Y = Aᵀ[(G W Gᵀ) ⊙ (Bᵀ X B)]A.
 * Each acts on the rows and columns of a tile at once here, as one matrix on the tile laid out flat.
 */

/** Outputs along a side of a tile, and inputs: the outputs and a margin of two. */
export const TILE = 4;
export const WINDOW = 6;
/** Products for each pair of channels. */
export const PRODUCTS = WINDOW * WINDOW;

/** A matrix row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

const a = Math.SQRT1_2;
const b = Math.SQRT2;

/** [36,36]: the transformed inputs of a tile from its inputs. */
export const INPUT = square([
  [1, 0, -2.5, 0, 1, 0],
  [0, -b, -2, a, 1, 0],
  [0, b, -2, -a, 1, 0],
  [0, -a, -0.5, b, 1, 0],
  [0, a, -0.5, -b, 1, 0],
  [0, 1, 0, -2.5, 0, 1],
]);

const third = 1 / 3;
const filterRows = [
  [1, 0, 0],
  [-2 * third, -2 * third * a, -third],
  [-2 * third, 2 * third * a, -third],
  [third / 2, (third / 2) * b, third],
  [third / 2, (-third / 2) * b, third],
  [0, 0, 1],
];

/** [36,9]: the transformed filter from its taps. */
export const FILTER = square(filterRows);

/** [36,9]: the same from the taps in reverse order, as an input gradient takes them. */
export const FLIPPED_FILTER = square(filterRows.map((row) => row.toReversed()));

/** [16,36]: the outputs of a tile from its products. */
export const OUTPUT = square([
  [1, 1, 1, 1, 1, 0],
  [0, a, -a, b, -b, 0],
  [0, a ** 2, a ** 2, b ** 2, b ** 2, 0],
  [0, a ** 3, -(a ** 3), b ** 3, -(b ** 3), 1],
]);

/** M ⊗ M, which does to a tile laid out flat what M · Mᵀ does to it. */
function square(m: readonly (readonly number[])[]): Matrix {
  const rows = m.flatMap((row) => m.map((other) => row.flatMap((x) => other.map((y) => x * y))));
  return {
    rows: rows.length,
    columns: (rows[0] as number[]).length,
    values: Float32Array.from(rows.flat()),
  };
}

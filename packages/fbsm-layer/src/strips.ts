import {
  div,
  expandDims,
  matMul,
  sum,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor2d,
} from '@tensorflow/tfjs-core';

/** The direction in which a map is cut into strips: its rows, or its columns. */
export type StripAxis = 'height' | 'width';

/** Into how many strips, and in which direction. */
export interface Cut {
  parts: number;
  axis: StripAxis;
}

/**
 * How many of L positions each of k strips holds: strip i has positions ⌊iL/k⌋ … ⌊(i+1)L/k⌋−1, so
 * sizes differ by at most one and are equal when k divides L.
 */
function stripSizes(length: number, parts: number): number[] {
  const begin = (i: number) => Math.floor((i * length) / parts);
  return Array.from({ length: parts }, (_, i) => begin(i + 1) - begin(i));
}

/** How many positions every strip of a map [B,H,W,C] has, per sample. */
export function positionsPerStrip({ shape }: Tensor4D, { parts, axis }: Cut): number[] {
  const [, height, width] = shape;
  const [length, across] = axis === 'height' ? [height, width] : [width, height];
  return stripSizes(length, parts).map((size) => size * across);
}

/**
 * The k strips of maps [B,H,W], cut along the height or the width.
 *
 * Sums over strips, and spreading values over them, are products with the matrix of membership: one
 * op whatever k is, for even and uneven strips alike. The tensors held here belong to the tidy scope
 * in which the strips are made.
 */
export class Strips {
  readonly #membership: Tensor2D; // [L,k], 1 where the row or column lies in the strip
  readonly #positions: Tensor2D; // [1,k]
  readonly #alongHeight: boolean;

  constructor(x: Tensor4D, cut: Cut) {
    this.#alongHeight = cut.axis === 'height';
    const length = x.shape[this.#alongHeight ? 1 : 2];
    const membership = new Float32Array(length * cut.parts);
    stripSizes(length, cut.parts)
      .flatMap((size, strip) => Array<number>(size).fill(strip))
      .forEach((strip, position) => {
        membership[position * cut.parts + strip] = 1;
      });
    this.#membership = tensor2d(membership, [length, cut.parts]);
    this.#positions = tensor2d([positionsPerStrip(x, cut)]);
  }

  /** The sum of every strip: [B,H,W] → [B,k]. */
  sum(map: Tensor3D): Tensor2D {
    const lines = sum(map, this.#alongHeight ? 2 : 1) as Tensor2D; // [B,L]
    return matMul(lines, this.#membership); // [B,L] · [L,k] → [B,k]
  }

  /** The mean of every strip: [B,H,W] → [B,k]. */
  mean(map: Tensor3D): Tensor2D {
    return div(this.sum(map), this.#positions);
  }

  /** Every strip's value at its positions, to broadcast over a map: [R,k] → [R,H,1] or [R,1,W]. */
  spread(values: Tensor2D): Tensor3D {
    const lines = matMul(values, this.#membership, false, true); // [R,k] · [k,L] → [R,L]
    return expandDims(lines, this.#alongHeight ? 2 : 1);
  }

  /** The gradient of {@link mean}: [B,k] → [B,H,1] or [B,1,W]. */
  meanGradient(dMeans: Tensor2D): Tensor3D {
    return this.spread(div(dMeans, this.#positions));
  }
}

import {
  cast,
  greater,
  maximum,
  mul,
  rsqrt,
  square,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';

/** Norms below this count as this, so that an all-zero position has a direction: zero. */
const FLOOR = 1e-12;

/** A map with what it takes to normalise its positions. */
export interface Directed {
  /** The map [B,S,C]. */
  readonly x: Tensor;
  /** 1 / max(‖x‖, floor) of each position [B,S,1]. */
  readonly inverse: Tensor;
  /** `inverse`² where the norm is above the floor, else 0 [B,S,1]. */
  readonly radial: Tensor;
}

/** Measures the positions of a map [B,S,C]. */
export function direct(x: Tensor): Directed {
  const [inverse, radial] = tidy(() => {
    const squares = sum(square(x), -1, true); // [B,S,C] → [B,S,1]
    const inverse = rsqrt(maximum(squares, FLOOR ** 2));
    const above = cast(greater(squares, FLOOR ** 2), 'float32');
    return [inverse, mul(square(inverse), above)] as [Tensor, Tensor];
  });
  return { x, inverse, radial };
}

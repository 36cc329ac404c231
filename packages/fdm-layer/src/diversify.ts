import { customGrad, type GradSaveFunc, reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type Directed, direct } from './direction.ts';
import { exchange, exchangeGradient } from './exchange.ts';
import { byImages, imagesAtOnce } from './images.ts';
import { checkMaps } from './maps.ts';
import { checkOptions, type FDMOptions } from './options.ts';
import { addPairs } from './pairs.ts';
import { fromRow, toRow } from './row.ts';

/**
 * Feature diversification: each map receives, at each position, the features of every other map,
 * weighted towards those least like its own.
 *
 *     A_ij = −(F_i/‖F_i‖)·(F_j/‖F_j‖)ᵀ                       [S_i,S_j], norms with a floor of 1e-12
 *     Z_i = F_i + γ·scale·Σ_{j≠i} softmax(A_ij)·F_j          softmax over the positions of j
 *
 * All pairs, taken from the maps as given. Differentiable in every map. Only the maps are kept for
 * the backward pass: the S_i×S_j matrices are computed anew, one pair and a few images at a time.
 *
 * @param maps at least two, float32 [B,H,W,C] or [B,S,C] each, of any H, W or S and of one B and C
 * @returns as many maps of the same shapes
 * @throws RangeError if there are fewer than two maps, or ranks, channels or batches do not fit;
 *   TypeError if a map is not float32 or an option is no finite number
 *
 * Source: FBSD (arXiv 2103.02782), feature diversification module; the factor is the published
 * code's.
 */
export function diversify<T extends Tensor>(maps: readonly T[], options: FDMOptions = {}): T[] {
  const { gamma, scale } = checkOptions('diversify', options);
  const factor = gamma * scale;
  const shapes = maps.map((map) => map.shape);
  checkMaps('diversify', shapes);
  for (const [i, { dtype }] of maps.entries()) {
    if (dtype !== 'float32') {
      throw new TypeError(
        `[@fbsd/fdm] diversify: expected float32 maps; got map ${i} of ${dtype}. Cast it first.`,
      );
    }
  }
  const size = imagesAtOnce(shapes);
  // customGrad has one output: the maps come out of it in a row.
  const op = customGrad((...args) => {
    const save = args.pop() as GradSaveFunc;
    save(args as Tensor[]);
    return {
      value: toRow(forward(args as Tensor[], factor, size)),
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        tidy(() => backward(saved, fromRow(dy, shapes), factor, size)),
    };
  });
  return tidy(() => fromRow(op(...maps), shapes) as T[]);
}

/** The diversified maps [B,S,C] of maps [B,…,C]. */
function forward(maps: readonly Tensor[], factor: number, size: number): Tensor[] {
  return byImages(maps.map(byPosition), size, (images) => {
    const directed = images.map(direct);
    return addPairs(images, (i, j) =>
      exchange(directed[i] as Directed, directed[j] as Directed, factor),
    );
  });
}

/** The gradients of maps [B,…,C], in their shapes, from those of the diversified maps. */
function backward(
  maps: readonly Tensor[],
  dz: readonly Tensor[],
  factor: number,
  size: number,
): Tensor[] {
  const gradients = byImages([...maps, ...dz].map(byPosition), size, (images) => {
    const directed = images.slice(0, maps.length).map(direct);
    const dy = images.slice(maps.length);
    return addPairs(dy, (i, j) =>
      exchangeGradient(
        directed[i] as Directed,
        directed[j] as Directed,
        dy[i] as Tensor,
        dy[j] as Tensor,
        factor,
      ),
    );
  });
  return gradients.map((gradient, i) => reshape(gradient, (maps[i] as Tensor).shape));
}

/** [B,H,W,C] or [B,S,C] → [B,S,C]. */
function byPosition(map: Tensor): Tensor {
  const [batch, channels] = [map.shape[0] as number, map.shape.at(-1) as number];
  return reshape(map, [batch, -1, channels]);
}

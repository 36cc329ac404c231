import type { Tensor } from '@tensorflow/tfjs-core';
import { runDiversify } from './kernel.ts';
import { checkMaps } from './maps.ts';
import { checkOptions, type FDMOptions } from './options.ts';

/**
 * Feature diversification: each map receives, at each position, the features of every other map,
 * weighted towards those least like its own.
 *
 *     A_ij = −(F_i/‖F_i‖)·(F_j/‖F_j‖)ᵀ                       [S_i,S_j], norms with a floor of 1e-12
 *     Z_i = F_i + γ·scale·Σ_{j≠i} softmax(A_ij)·F_j          softmax over the positions of j
 *
 * All pairs, taken from the maps as given. Differentiable in every map. For the backward pass the maps are kept and,
 * by the kernels of `@fbsd/kernels` on wasm, their scalar products, S_i·S_j values of each pair and image; other
 * S_i×S_j matrices are computed anew, one pair and a few images at a time. The gradient is of first order: the op cannot
 * be differentiated twice.
 *
 * @param maps at least two, float32 [B,H,W,C] or [B,S,C] each, of any H, W or S and of one B and C
 * @returns as many maps of the same shapes, a tuple for a tuple
 * @throws RangeError if there are fewer than two maps, or ranks, channels or batches do not fit;
 *   TypeError if a map is not float32 or an option is no finite number
 *
 * Source: FBSD (arXiv 2103.02782), feature diversification module; the factor is the published
 * code's.
 */
export function diversify<const Maps extends readonly Tensor[]>(
  maps: Maps,
  options: FDMOptions = {},
): { -readonly [Index in keyof Maps]: Maps[Index] } {
  const { gamma, scale } = checkOptions('diversify', options);
  const shapes = maps.map((map) => map.shape);
  checkMaps('diversify', shapes);
  for (const [i, { dtype }] of maps.entries()) {
    if (dtype !== 'float32') {
      throw new TypeError(
        `[@fbsd/fdm] diversify: expected float32 maps; got map ${i} of ${dtype}. Cast it first.`,
      );
    }
  }
  return runDiversify(maps, gamma * scale) as { -readonly [Index in keyof Maps]: Maps[Index] };
}

import { reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type Directed, direct } from './direction.ts';
import { exchange, exchangeGradient } from './exchange.ts';
import { byImages, imagesAtOnce } from './images.ts';
import { addPairs } from './pairs.ts';

/** The diversified maps of maps [B,…,C], in their shapes; `factor` is γ·scale. */
export function forward(maps: readonly Tensor[], factor: number): Tensor[] {
  return tidy(() => {
    const diversified = byImages(maps.map(byPosition), imagesAtOnce(maps), (images) => {
      const directed = images.map(direct);
      return addPairs(images, (i, j) =>
        exchange(directed[i] as Directed, directed[j] as Directed, factor),
      );
    });
    return restored(diversified, maps);
  });
}

/** The gradients of maps [B,…,C], in their shapes, from those of the diversified maps. */
export function backward(maps: readonly Tensor[], dz: readonly Tensor[], factor: number): Tensor[] {
  return tidy(() => {
    const inputs = [...maps, ...dz].map(byPosition);
    const gradients = byImages(inputs, imagesAtOnce(maps), (images) => {
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
    return restored(gradients, maps);
  });
}

/** [B,H,W,C] or [B,S,C] → [B,S,C]. */
function byPosition(map: Tensor): Tensor {
  const [batch, channels] = [map.shape[0] as number, map.shape.at(-1) as number];
  return reshape(map, [batch, -1, channels]);
}

/** Maps [B,S,C] in the shapes of `maps` again. */
function restored(flat: readonly Tensor[], maps: readonly Tensor[]): Tensor[] {
  return flat.map((x, i) => reshape(x, (maps[i] as Tensor).shape));
}

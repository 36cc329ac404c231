import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';

/** Refuses what does not fit together; `vectors` have one value for each channel of all maps. */
export function checkNormalizedConv2d(
  op: string,
  maps: readonly Tensor4D[],
  vectors: Record<string, Tensor>,
  filter: Tensor4D,
  epsilon: number,
): void {
  const where = `[@fbsd/kernels] ${op}`;
  const fits = ({ dtype, shape }: Tensor) =>
    dtype === 'float32' &&
    shape.length === 4 &&
    shape.slice(0, 3).join() === maps[0]?.shape.slice(0, 3).join();
  if (maps.length === 0 || !maps.every(fits)) {
    const got = maps.map(({ dtype, shape }) => `${dtype} [${shape}]`).join(', ') || 'none';
    throw new TypeError(
      `${where}: maps must be float32 [B,H,W,Cᵢ], at least one and all of one B, H and W; got ${got}.`,
    );
  }
  const channels = maps.reduce((sum, { shape }) => sum + shape[3], 0);
  for (const [name, { dtype, shape }] of Object.entries(vectors)) {
    if (dtype !== 'float32' || shape.join() !== `${channels}`) {
      throw new TypeError(
        `${where}: ${name} must be float32 [${channels}], one value for each channel of all maps; ` +
          `got ${dtype} [${shape}].`,
      );
    }
  }
  const [height = 0, width = 0, inputs] = filter.shape;
  const odd = height % 2 === 1 && width % 2 === 1;
  if (filter.dtype !== 'float32' || filter.rank !== 4 || inputs !== channels || !odd) {
    throw new TypeError(
      `${where}: filter must be float32 [h,w,${channels},filters] with odd h and w; ` +
        `got ${filter.dtype} [${filter.shape}].`,
    );
  }
  if (!(epsilon >= 0)) {
    throw new RangeError(`${where}: epsilon must be 0 or more; got ${epsilon}.`);
  }
}

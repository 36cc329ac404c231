import { batchNorm } from '@fbsd/backbones';
import { fbsm } from '@fbsd/fbsm';
import { fdm } from '@fbsd/fdm';
import { topKPool } from '@fbsd/topk-pool';
import { initializers, input, layers, model } from '@tensorflow/tfjs-layers';

/**
 * FBSD in small: two stages, what an FBSM suppresses goes on to the second; FDM, top-k pooling, a classifier of each level and
 * one of both. Batch norms after convolutions and on vectors.
 *
 * @param {number} seed
 * @param {number} [hidden] units of a layer before the last classifier. @default none
 */
export function smallNetwork(seed, hidden) {
  /** @typedef {import('@tensorflow/tfjs-layers').SymbolicTensor} Symbolic */
  const initializer = () => initializers.heNormal({ seed: seed++ });
  const images = input({ shape: [30, 30, 3] });
  /** @param {Symbolic} x @param {number} filters @param {number} kernelSize @param {number} strides */
  const normalized = (x, filters, kernelSize, strides) => {
    const options = { filters, kernelSize, strides, useBias: false };
    const kernelInitializer = initializer();
    const map = layers.conv2d({ ...options, kernelInitializer, padding: 'same' }).apply(x);
    return batchNorm({ activation: 'relu' }).apply(/** @type {Symbolic} */ (map));
  };
  /** @param {Symbolic} x @param {number} parts */
  const boostSuppress = (x, parts) =>
    fbsm({ parts, kernelInitializer: initializer(), biasInitializer: 'zeros' }).apply(x);
  /** @param {Symbolic} x */
  const classified = (x) => {
    const units = batchNorm().apply(x);
    const options = { units: 5, kernelInitializer: initializer() };
    return /** @type {Symbolic} */ (layers.dense(options).apply(units));
  };

  const [boosted1, suppressed1] = boostSuppress(normalized(images, 8, 3, 2), 4);
  const [boosted2] = boostSuppress(normalized(suppressed1, 16, 3, 2), 3);
  const maps = [boosted1, boosted2].map((map) => normalized(map, 12, 1, 1));
  const pooled = fdm({ gamma: 1 })
    .apply(maps)
    .map((map) => topKPool({ k: 3 }).apply(map));
  const together = /** @type {Symbolic} */ (layers.concatenate().apply(pooled));
  const last = hidden
    ? /** @type {Symbolic} */ (
        layers.dense({ units: hidden, kernelInitializer: initializer() }).apply(together)
      )
    : together;
  return model({ inputs: images, outputs: [...pooled, last].map(classified) });
}

import { foldBatchNorms } from '@fbsd/backbones';
import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { quantizeWeights, STORED_WEIGHTS, type StoredWeights } from './quantize-weights.ts';

/** Options of {@link compactArtifacts}. */
export interface CompactOptions {
  /** How kernels are stored; they are float32 again as soon as tfjs has read them. */
  weights: StoredWeights;
}

/**
 * A trained model in a form to give away: batch norms folded into the convolutions before them, kernels of 4, 2 or 1
 * bytes a value. Any tfjs handler saves it, and plain `tf.loadLayersModel` reads it where FBSD's layers are registered:
 *
 * ```ts
 * const artifacts = await compactArtifacts(model, { weights: 'uint8' });
 * const [database] = io.getSaveHandlers('indexeddb://birds');
 * await database.save(artifacts);
 * ```
 *
 * `float16` rounds a kernel to the nearest float16, of two as near the even one; `uint8` and `uint16` to the nearest of
 * 256 or 65536 steps from its least value to its greatest. Biases and running statistics stay as they are. What was
 * recorded in the model, its classes too, goes along. It is for inference: train the model itself.
 *
 * @param model any tfjs model; stays as it is
 * @throws RangeError for another type of weights, and for a kernel that the type cannot hold, which is named: values
 *   from 65520 on in float16, values that are not finite
 */
export async function compactArtifacts(
  model: LayersModel,
  { weights }: CompactOptions,
): Promise<io.ModelArtifacts> {
  if (!STORED_WEIGHTS.includes(weights)) {
    throw new RangeError(
      `[@fbsd/trainer] compactArtifacts: weights must be one of ${STORED_WEIGHTS.join(', ')}; got ${JSON.stringify(weights)}.`,
    );
  }
  const folded = foldBatchNorms(model);
  try {
    const { weightSpecs = [], weightData, ...rest } = await artifactsOf(folded);
    const data = io.CompositeArrayBuffer.join(weightData);
    return { ...rest, ...quantizeWeights(weightSpecs, data, weights) };
  } finally {
    folded.dispose();
  }
}

/** A model as tfjs gives it to whatever saves it. */
async function artifactsOf(model: LayersModel): Promise<io.ModelArtifacts> {
  return new Promise((resolve, reject) => {
    const handler = io.withSaveHandler(async (artifacts) => {
      resolve(artifacts);
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
    });
    model.save(handler).catch(reject);
  });
}

import { foldBatchNorms } from '@fbsd/backbones';
import { fbsd, predictedClasses } from '@fbsd/fbsd';
import { fbsm } from '@fbsd/fbsm';
import { diversify } from '@fbsd/fdm';
import { variableGradients } from '@fbsd/kernels';
import { topKMean } from '@fbsd/topk-pool';
import { SGD, trainStep } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';

/** @typedef {() => Promise<unknown>} Step */

/**
 * What one measured step of a case does. It is done when the promise is kept.
 *
 * @param {import('./cases.js').Case} measured
 * @returns {Step}
 */
export function makeStep(measured) {
  switch (measured.kind) {
    case 'train':
      return train(measured);
    case 'infer':
      return infer(measured);
    case 'fbsm':
      return fbsmPass(measured);
    case 'fdm':
      return bothPasses(randomMaps(measured), (maps) => diversify(maps));
    case 'pool':
      return bothPasses(randomMaps(measured), (maps) => maps.map((map) => topKMean(map)));
  }
}

/**
 * @param {import('./cases.js').NetworkCase} measured
 * @returns {Step}
 */
function train({ arch, classes, size, batch }) {
  const model = fbsd({ arch, classes, imageSize: size });
  const optimizer = new SGD(model);
  const images = randomImages(batch, size);
  const labels = tf.tensor1d(
    Array.from({ length: batch }, (_, i) => i % classes),
    'int32',
  );
  return () => trainStep(model, optimizer, images, labels);
}

/**
 * @param {import('./cases.js').NetworkCase} measured
 * @returns {Step}
 */
function infer({ arch, classes, size, batch }) {
  const trained = fbsd({ arch, classes, imageSize: size });
  const model = foldBatchNorms(trained, { residuals: true, dispose: true }); // as `fbsd predict` does
  const images = randomImages(batch, size);
  return async () => {
    const predicted = tf.tidy(() =>
      predictedClasses(/** @type {tf.Tensor2D[]} */ (model.apply(images, { training: false }))),
    );
    await predicted.data();
    predicted.dispose();
  };
}

/**
 * @param {import('./cases.js').ModuleCase} measured
 * @returns {Step}
 */
function fbsmPass(measured) {
  const parts = measured.parts ?? [];
  const modules = parts.map((count) => fbsm({ parts: count }));
  const maps = randomMaps(measured);
  return bothPasses(maps, () =>
    modules.flatMap((module, i) =>
      module.apply(/** @type {tf.Variable} */ (maps[i]), { training: true }),
    ),
  );
}

/**
 * Forward and backward pass with given upstream gradients, for the maps and every weight.
 *
 * The backends that are measured compute before they return, so no result has to be read.
 *
 * @param {tf.Variable[]} maps
 * @param {(maps: tf.Tensor[]) => tf.Tensor[]} forward
 * @returns {Step}
 */
function bothPasses(maps, forward) {
  const upstream = tf.tidy(() => forward(maps).map((y) => tf.keep(tf.randomUniform(y.shape))));
  // The gradients enter behind a loss that costs nothing, as PyTorch's backward() takes them.
  const inject = tf.customGrad(() => ({
    value: tf.scalar(0),
    gradFunc: () => upstream.map((dy) => tf.clone(dy)),
  }));
  return async () => {
    const { value, grads } = variableGradients(() => inject(...forward(maps)));
    tf.dispose([value, grads]);
  };
}

/**
 * @param {number} batch
 * @param {number} size
 */
function randomImages(batch, size) {
  return /** @type {tf.Tensor4D} */ (tf.randomUniform([batch, size, size, 3], -1, 1));
}

/** @param {import('./cases.js').ModuleCase} measured */
function randomMaps({ batch, maps }) {
  return maps.map((shape) => tf.variable(tf.randomUniform([batch, ...shape])));
}

import { dispose } from '@tensorflow/tfjs-core';
import { model as functional, type LayersModel } from '@tensorflow/tfjs-layers';
import { checkModel } from '../check-model.ts';
import { checkKnown } from '../known-options.ts';
import { buildModel } from './build-model.ts';
import { findFolds } from './find-folds.ts';
import { foldedWeights } from './folded-weights.ts';
import type { GraphConfig } from './graph-config.ts';
import { withoutNorms } from './without-norms.ts';

/** Options of {@link foldBatchNorms}. */
export interface FoldOptions {
  /**
   * Whether a convolution also adds the residual that its norm added, and ends with its ReLU, in a layer of this package:
   * faster on wasm and native kernels, but then the copy can be loaded only where @fbsd/backbones is imported. @default false
   */
  residuals?: boolean;
  /**
   * Whether the model is used up: each of its weights is disposed as soon as the copy has it, so that both models are never
   * in memory at once. Its `dispose` must not be called then; an optimizer that it was compiled with stays. @default false
   */
  dispose?: boolean;
}

/**
 * A copy of a model for inference, in which batch norms that directly follow a convolution or a dense
 * layer are part of its weights: fewer layers to run, the same outputs but for rounding. A ReLU of our
 * `BatchNorm` becomes the layer's activation; with a residual, an addition and a ReLU stay, unless `residuals` says otherwise.
 *
 * Folded are `conv2d`, `depthwiseConv2d` and `dense` without an activation of their own, followed by our
 * `batchNorm` or tfjs's `batchNormalization`, unless another layer or the caller also reads them, or
 * one of the two is applied twice. Whatever else there is stays as it is, nested models included.
 *
 * The copy owns its weights, so dispose both (or let `dispose` do so), and carries what was recorded in the model
 * (`userDefinedMetadata`). Train the model, not the copy: it has no batch norms left to learn.
 *
 * ```ts
 * const fast = foldBatchNorms(model); // 161 layers → 108 for a ResNet-50 classifier
 * await fast.save('downloads://model');
 * ```
 *
 * @param model any tfjs model, sequential or functional
 * @returns a functional model with the same inputs and outputs
 */
export function foldBatchNorms(model: LayersModel, options: FoldOptions = {}): LayersModel {
  checkKnown('[@fbsd/backbones] foldBatchNorms', options, ['residuals', 'dispose']);
  const { residuals = false, dispose: disposes = false } = options;
  checkModel('[@fbsd/backbones] foldBatchNorms', model);
  const { inputs, outputs, name } = model;
  const graph = functional({ inputs, outputs, name }).getConfig() as unknown as GraphConfig;
  const folds = findFolds(graph);
  const norms = new Map(folds.map(({ source, norm }) => [source.name, model.getLayer(norm.name)]));
  const config = withoutNorms(graph, folds, residuals);
  const folded = buildModel(config, (layer) => {
    if (layer.weights.length === 0) return;
    const original = model.getLayer(layer.name);
    const norm = norms.get(layer.name);
    if (norm) {
      const weights = foldedWeights(original, norm);
      layer.setWeights(weights);
      dispose(weights);
    } else {
      layer.setWeights(original.getWeights());
    }
    if (!disposes) return;
    const used = norm ? [original, norm] : [original];
    for (const weight of used.flatMap(({ weights }) => weights)) weight.dispose();
  });
  const metadata = model.getUserDefinedMetadata();
  if (metadata) folded.setUserDefinedMetadata(metadata);
  return folded;
}

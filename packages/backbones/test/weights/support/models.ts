import { type Backbone, densenet, resnet, saveStateDict } from '@fbsd/backbones';
import { signal, toTensor } from '@fbsd/testing';
import { readStateDict } from '@fbsd/torch-weights';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** A small ResNet, with weights of its own for each seed. */
export const resNet = (seed: number) =>
  resnet({ name: 'tiny', block: 'bottleneck', depths: [1, 2, 1, 1], width: 4, seed });
/** A small DenseNet, likewise. */
export const denseNet = (seed: number) =>
  densenet({ name: 'tiny', depths: [1, 2, 1, 1], growth: 4, width: 8, seed });

export const inputShape: [number, number, number] = [32, 32, 3];
/** A backbone's classifier of 32×32 pixels. */
export const classifier = (backbone: Backbone, classes = 5) =>
  backbone.classifier({ inputShape, classes });

/** The weights that a model saves, read again: names of torchvision. */
export const saved = async (source: LayersModel) => readStateDict(await saveStateDict(source));

/** Gives each weight values of its own, the same everywhere. */
export function setSignals(model: LayersModel): void {
  model.setWeights(
    tf.tidy(() =>
      model.weights.map((weight) =>
        toTensor(signal(weight.originalName, weight.shape as number[])),
      ),
    ),
  );
}

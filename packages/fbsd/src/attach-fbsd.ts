import { seedsFrom } from '@fbsd/backbones';
import { type InsertOptions, insertFBSM, type Tap } from '@fbsd/fbsm';
import { type LayersModel, model as makeModel } from '@tensorflow/tfjs-layers';
import { HEAD_SEEDS, type HeadArgs, head, seedOfFBSM } from './head.ts';
import { layersOfHead, markNewLayers } from './new-layers.ts';

/** The arguments of {@link attachFBSD}. */
export interface AttachFBSDArgs extends HeadArgs, Omit<InsertOptions, 'keepOutputs'> {
  /** The levels, shallowest first: after which layers, with how many strips, … At least two. */
  taps: readonly Tap[];
  /** Makes the initial weights of the new layers repeatable. @default none */
  seed?: number;
}

/**
 * Makes an FBSD classifier of a model: modules after the layers that `taps` name (see `insertFBSM`),
 * and on their boosted maps the head of FBSD, as `fbsd` has it: conv blocks, FDM, top-k pooling, one
 * classifier per level and one on all levels together. What follows the last tap is left out, and with
 * it the model's own classifier.
 *
 * Inputs: those of the model. Outputs: n + 1 logits [B,classes] for n levels: level 1 … n, concat.
 * Predict the class with the largest **sum of the logits**.
 *
 * The layers of the model are shared, unless `copy`. New layers are called `fbsm1` …, `conv_block1.…`,
 * `fdm`, `fbsd_pool1` …, `fbsd_concat`, `classifier1.…`, `classifier_concat.…`.
 *
 * @throws RangeError for fewer than two taps or two classes, for taps that `insertFBSM` refuses, and
 *   for a map of fewer positions than `topK`
 *
 * Source: Song & Yang, arXiv 2103.02782.
 */
export function attachFBSD(model: LayersModel, args: AttachFBSDArgs): LayersModel {
  const { taps, classes, seed, copy = false, allowBypass = false } = args;
  const { name = `${model.name}_fbsd`, ...headArgs } = args;
  if (taps.length < 2) {
    throw new RangeError(
      `[@fbsd/fbsd] attachFBSD: needs at least two taps, since levels complement each other; got ${taps.length}.`,
    );
  }
  if (!Number.isInteger(classes) || classes < 2) {
    throw new RangeError(
      `[@fbsd/fbsd] attachFBSD: classes must be a whole number from 2; got ${classes}.`,
    );
  }
  const seeds = seedsFrom(seed === undefined ? undefined : seed + HEAD_SEEDS);
  const drawn = taps.map((tap) => ({ ...seedOfFBSM(seeds), ...tap }));
  const { inputs, outputs: boosted } = insertFBSM(model, drawn, { copy, allowBypass });
  const outputs = head(boosted, { ...headArgs, seeds });
  const network = makeModel({ name, inputs, outputs });
  markNewLayers(network, layersOfHead(outputs, boosted));
  return network;
}

import { checkInitialWeights, type InitialWeights, seedsFrom } from '@fbsd/backbones';
import { type InsertOptions, insertFBSM, type Tap } from '@fbsd/fbsm';
import { type LayersModel, model as makeModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { checkModel } from './check-model.ts';
import { HEAD_DEFAULTS, HEAD_SEEDS, type HeadArgs, head, initialWeightsOfFBSM } from './head.ts';
import { checkKnown, shown } from './known-options.ts';
import { layersOfHead, markNewLayers } from './new-layers.ts';

/** The arguments of {@link attachFBSD}. */
export interface AttachFBSDArgs extends HeadArgs, Omit<InsertOptions, 'keepOutputs'> {
  /** The levels, shallowest first: after which layers, with how many strips, … At least two. */
  taps: readonly Tap[];
  /** Makes the initial weights of the new layers repeatable. @default none */
  seed?: number;
  /** What the new layers begin with; `'zeros'` for weights that are loaded next. @default 'random' */
  initialWeights?: InitialWeights;
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
 * @throws RangeError for fewer than two taps or two classes, for taps that are not in the order of the network or that
 *   `insertFBSM` refuses, and for a map of fewer positions than `topK`; TypeError for an option that is not known
 *
 * Source: Song & Yang, arXiv 2103.02782.
 */
export function attachFBSD(model: LayersModel, args: AttachFBSDArgs): LayersModel {
  checkModel(WHERE, model);
  checkKnown(WHERE, args, OPTIONS, EXAMPLE);
  const { taps, classes, seed, initialWeights, copy = false, allowBypass = false } = args;
  const { name = `${model.name}_fbsd`, ...headArgs } = args;
  if (!Array.isArray(taps) || taps.length < 2) {
    const got = Array.isArray(taps) ? taps.length : shown(taps);
    throw new RangeError(
      `${WHERE}: needs at least two taps, since levels complement each other; got ${got}. Give options such as ${EXAMPLE}.`,
    );
  }
  if (!Number.isInteger(classes) || classes < 2) {
    throw new RangeError(`${WHERE}: classes must be a whole number from 2; got ${shown(classes)}.`);
  }
  checkInitialWeights(WHERE, initialWeights);
  const seeds = seedsFrom(seed === undefined ? undefined : seed + HEAD_SEEDS, initialWeights);
  const drawn = taps.map((tap) => ({ ...initialWeightsOfFBSM(seeds), ...tap }));
  const { inputs, outputs: boosted } = insertFBSM(model, drawn, { copy, allowBypass });
  checkOrder(boosted);
  const outputs = head(boosted, { ...headArgs, seeds });
  const network = makeModel({ name, inputs, outputs });
  markNewLayers(network, layersOfHead(outputs, boosted));
  return network;
}

const WHERE = '[@fbsd/fbsd] attachFBSD';
const EXAMPLE =
  "{ classes: 200, taps: [{ after: 'conv3', parts: 4 }, { after: 'conv4', parts: 2 }] }";
const OPTIONS = [
  ...['taps', 'classes', 'seed', 'initialWeights', 'copy', 'allowBypass', 'name'],
  ...Object.keys(HEAD_DEFAULTS),
];

/**
 * @param boosted the boosted map of each tap
 * @throws RangeError for a tap that depends on a later one: levels go from shallow to deep
 */
function checkOrder(boosted: readonly SymbolicTensor[]): void {
  const tapOf = ({ inputs }: SymbolicTensor) => (inputs[0] as SymbolicTensor).sourceLayer.name;
  boosted.forEach((map, i) => {
    const before = ancestors(map);
    const deeper = boosted
      .slice(i + 1)
      .find(({ sourceLayer }) => sourceLayer !== map.sourceLayer && before.has(sourceLayer));
    if (!deeper) return;
    throw new RangeError(
      `${WHERE}: taps must stand in the order of the network, shallowest first; got '${tapOf(map)}' before ` +
        `'${tapOf(deeper)}', which it is computed from. Put '${tapOf(deeper)}' before it.`,
    );
  });
}

/** The layers that a map is computed by. */
function ancestors(map: SymbolicTensor): Set<SymbolicTensor['sourceLayer']> {
  const visited = new Set<SymbolicTensor>();
  const open = [map];
  for (let tensor = open.pop(); tensor; tensor = open.pop()) {
    if (visited.has(tensor)) continue;
    visited.add(tensor);
    open.push(...tensor.inputs);
  }
  return new Set([...visited].map(({ sourceLayer }) => sourceLayer));
}

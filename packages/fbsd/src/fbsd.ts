import {
  type Backbone,
  checkInitialWeights,
  type InitialWeights,
  seedsFrom,
} from '@fbsd/backbones';
import { fbsm } from '@fbsd/fbsm';
import { input, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { ARCHITECTURES, type Architecture, type ArchitectureName } from './architectures.ts';
import { HEAD_DEFAULTS, HEAD_SEEDS, type HeadArgs, head, initialWeightsOfFBSM } from './head.ts';
import { checkKnown, shown } from './known-options.ts';
import { layersOfHead, markNewLayers } from './new-layers.ts';

/** The arguments of {@link fbsd}. */
export interface FBSDArgs extends HeadArgs {
  /** The backbone, with the widths of the head that fits it. */
  arch: ArchitectureName;
  /** Side of the square input in pixels; its last map, imageSize/32 squared, must hold `topK` positions. */
  imageSize: number;
  /** Strips of the FBSM after each of the last three stages. @default [8, 4, 2] */
  parts?: readonly [number, number, number];
  /** Strength of boosting. @default 0.5 */
  alpha?: number;
  /** Strength of suppression. @default 0.5 */
  beta?: number;
  /** Channels of the conv blocks. @default the architecture's, as published [512, 1024] */
  convWidths?: readonly [number, number];
  /** Units of the classifiers' hidden layer. @default the architecture's, as published 512 */
  hiddenUnits?: number;
  /** Makes the initial weights repeatable. @default none */
  seed?: number;
  /**
   * What the network begins with. `'zeros'` draws nothing, for weights that are loaded next: a large network is made
   * several times faster. `{ backbone: 'zeros' }` leaves out what a file for the backbone brings; the new layers get the
   * random numbers that they always get for the seed. @default 'random'
   */
  initialWeights?: InitialWeights | InitialWeightsByPart;
}

/** What each part of the network begins with. */
export interface InitialWeightsByPart {
  /** `'zeros'` for a file with the weights of the backbone. @default 'random' */
  backbone?: InitialWeights;
  /** FBSMs and head. @default 'random' */
  newLayers?: InitialWeights;
}

/** The defaults of {@link fbsd}; some architectures have widths of their own. */
export const FBSD_DEFAULTS: Readonly<
  Required<Omit<FBSDArgs, 'arch' | 'classes' | 'imageSize' | 'seed' | 'initialWeights'>>
> = {
  ...HEAD_DEFAULTS,
  parts: [8, 4, 2],
  alpha: 0.5,
  beta: 0.5,
};

/**
 * The complete FBSD model (arXiv 2103.02782): backbone with an FBSM after each of its last three
 * stages, conv blocks, FDM, top-k pooling, one classifier per level and one on all levels together.
 *
 * Input: images [B,S,S,3], normalised. Outputs: four logits [B,classes]: level 1–3, concat.
 * Predict the class with the largest **sum of the four logits**.
 *
 * @throws RangeError for sizes that cannot work, TypeError for an unknown architecture
 */
export function fbsd(args: FBSDArgs): LayersModel {
  const architecture = checked(args);
  const { imageSize, seed } = args;
  const { parts, alpha, beta } = { ...FBSD_DEFAULTS, ...args };
  const initial = initialWeightsOf(args);
  const backbone = architecture.backbone({
    ...(seed !== undefined && { seed }),
    initialWeights: initial.backbone,
  });
  const seeds = seedsFrom(seed === undefined ? undefined : seed + HEAD_SEEDS, initial.newLayers);

  const images = input({ shape: [imageSize, imageSize, 3], name: 'images' });
  const boosted = boostedMaps(backbone, images, (level) =>
    fbsm({
      name: `fbsm${level}`,
      parts: parts[level - 1] as number,
      alpha,
      beta,
      ...initialWeightsOfFBSM(seeds),
    }),
  );
  const { convWidths, hiddenUnits } = architecture;
  const outputs = head(boosted, { convWidths, hiddenUnits, ...args, seeds });
  const network = model({ name: `fbsd_${args.arch}`, inputs: images, outputs });
  markNewLayers(network, layersOfHead(outputs, boosted));
  return network;
}

const LEVELS = 3;
const OPTIONS = [
  'arch',
  'classes',
  'imageSize',
  'seed',
  'initialWeights',
  ...Object.keys(FBSD_DEFAULTS),
];

/** What both parts of the network begin with. @throws TypeError for what is no kind of initial weights */
function initialWeightsOf({ initialWeights = {} }: FBSDArgs): Required<InitialWeightsByPart> {
  const where = '[@fbsd/fbsd] fbsd';
  if (typeof initialWeights !== 'object' || initialWeights === null) {
    checkInitialWeights(where, initialWeights);
    return { backbone: initialWeights, newLayers: initialWeights };
  }
  checkKnown(`${where}: initialWeights`, initialWeights, ['backbone', 'newLayers']);
  const { backbone = 'random', newLayers = 'random' } = initialWeights;
  for (const value of [backbone, newLayers]) checkInitialWeights(where, value);
  return { backbone, newLayers };
}

/** Runs the backbone with an FBSM after each of its last stages; the suppressed map goes on to the next. */
function boostedMaps(
  backbone: Backbone,
  images: SymbolicTensor,
  createFBSM: (level: number) => ReturnType<typeof fbsm>,
): SymbolicTensor[] {
  const first = backbone.stages.length - LEVELS;
  const maps: SymbolicTensor[] = [];
  backbone.apply(images, (map, stage) => {
    const level = backbone.stages.indexOf(stage) - first + 1;
    if (level < 1) return map;
    const [boosted, suppressed] = createFBSM(level).apply(map) as [SymbolicTensor, SymbolicTensor];
    maps.push(boosted);
    return suppressed;
  });
  return maps;
}

function checked(args: FBSDArgs): Architecture {
  const example = "{ arch: 'resnet50', classes: 200, imageSize: 448 }";
  checkKnown('[@fbsd/fbsd] fbsd', args, OPTIONS, example);
  const { arch, classes, imageSize, topK = FBSD_DEFAULTS.topK, parts = FBSD_DEFAULTS.parts } = args;
  if (!Object.hasOwn(ARCHITECTURES, arch)) {
    throw new TypeError(
      `[@fbsd/fbsd] fbsd: arch must be one of ${Object.keys(ARCHITECTURES).join(', ')}; got ${shown(arch)}.`,
    );
  }
  if (!Number.isInteger(classes) || classes < 2) {
    throw new RangeError(
      `[@fbsd/fbsd] fbsd: classes must be a whole number from 2; got ${shown(classes)}.`,
    );
  }
  if (!Array.isArray(parts) || parts.length !== LEVELS) {
    throw new RangeError(
      `[@fbsd/fbsd] fbsd: parts must hold ${LEVELS} numbers, one per level; got ${shown(parts)}.`,
    );
  }
  // The stem makes ⌈S/4⌉ rows of S; level i has them halved i times: it needs one for each of its
  // parts, and the last level topK positions.
  const { halves = 'up' } = ARCHITECTURES[arch];
  const rows = [parts[0], parts[1], Math.max(parts[2], Math.ceil(Math.sqrt(topK)))];
  const smallest = Math.max(
    ...rows.map((needed, i) => {
      const reduction = 8 * 2 ** i;
      return halves === 'up' ? (needed - 1) * reduction + 1 : needed * reduction - 3;
    }),
  );
  if (!Number.isInteger(imageSize) || imageSize < smallest) {
    throw new RangeError(
      `[@fbsd/fbsd] fbsd: imageSize must be a whole number of at least ${smallest} pixels, so that the last map holds ` +
        `topK=${topK} positions and every map its parts [${parts}]; got ${shown(imageSize)}.`,
    );
  }
  return ARCHITECTURES[arch];
}

import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { Backbone, type Stage } from './backbone.ts';
import { batchNorm } from './batch-norm.ts';
import type { Block } from './convolution.ts';
import { denseBlock, transition } from './dense-block.ts';
import { requireDepths } from './depths.ts';
import {
  checkInitialWeights,
  heNormal,
  type InitialWeights,
  seedsFrom,
} from './initial-weights.ts';
import { checkKnown } from './known-options.ts';
import { stem } from './stem.ts';

/** Arguments of {@link densenet}. */
export interface DenseNetArgs {
  /** Name of the backbone. */
  name: string;
  /** Number of layers in each dense block; the second and later blocks halve the resolution. */
  depths: readonly number[];
  /** Channels that every layer adds. @default 32 */
  growth?: number;
  /** Channels of the stem. @default 64 */
  width?: number;
  /** Makes the initial weights repeatable. @default none */
  seed?: number;
  /** `'zeros'`: nothing is drawn, for weights that are loaded next; a large network is made several times faster. @default 'random' */
  initialWeights?: InitialWeights;
}

/** The arguments of the named DenseNets. */
export type NamedDenseNetArgs = Pick<DenseNetArgs, 'seed' | 'initialWeights'>;

const DEFAULTS = { growth: 32, width: 64 } as const;
const OPTIONS = ['name', 'depths', 'growth', 'width', 'seed', 'initialWeights'];
const STEM_SIZE = 7;
const IMAGE_CHANNELS = 3;

/**
 * A densely connected network (Huang et al., arXiv 1608.06993; DenseNet-BC: bottlenecks of four
 * times the growth, transitions that halve the channels).
 *
 * Maps images [B,H,W,3] through the stages `stem` (H/4), `denseblock1` (H/4), `denseblock2` (H/8), …
 * A stage begins with the transition before its block and ends with the block: its map is not
 * normalised, and the network's last norm, `norm5`, belongs to the classifier.
 * Layers have torchvision's names without `features.` (`denseblock3.denselayer12`, whose weights are
 * `norm1/gamma`, …); padding, pooling (sizes are halved downwards by the transitions) and batch norm
 * have PyTorch's semantics. In training a block holds its maps, and not what each layer makes of those
 * before it: see `DenseLayer`.
 *
 * @throws RangeError for an empty or non-positive `depths`
 */
export function densenet(args: DenseNetArgs): Backbone {
  checkKnown('[@fbsd/backbones] densenet', args, OPTIONS);
  const { name, depths, growth, width, seed, initialWeights } = { ...DEFAULTS, ...args };
  requireDepths('densenet', depths);
  checkInitialWeights('[@fbsd/backbones] densenet', initialWeights);
  const seeds = seedsFrom(seed, initialWeights);
  const stemBlock = stem({
    names: ['conv0', 'norm0', 'pool0'],
    width,
    size: STEM_SIZE,
    kernelInitializer: heNormal(IMAGE_CHANNELS * STEM_SIZE ** 2, seeds()),
  });
  const stages: Stage[] = [{ name: 'stem', channels: width, reduction: 4, apply: stemBlock }];
  let channels = width;
  depths.forEach((depth, i) => {
    const blocks: Block[] = [];
    if (i > 0) {
      blocks.push(transition({ name: `transition${i}`, channels, seed: seeds() }));
      channels >>= 1;
    }
    const stageName = `denseblock${i + 1}`;
    blocks.push(denseBlock({ name: stageName, depth, growth, seeds }));
    channels += depth * growth;
    stages.push({
      name: stageName,
      channels,
      reduction: 4 * 2 ** i,
      apply: (x) => blocks.reduce((map, apply) => apply(map), x),
    });
  });
  const norm = batchNorm({ name: `norm${depths.length + 1}`, activation: 'relu' });
  return new Backbone(name, stages, {
    classifier: 'classifier',
    last: (map) => norm.apply(map) as SymbolicTensor,
    bias: 'zeros',
    seed: seeds(),
  });
}

/** DenseNet-121: 7.0 M parameters without classifier, stages of 64, 256, 512, 1024, 1024 channels. */
export function densenet121(args: NamedDenseNetArgs = {}): Backbone {
  return densenet({ name: 'densenet121', depths: [6, 12, 24, 16], ...args });
}

/** DenseNet-161: 26.5 M parameters without classifier, stages of 96, 384, 768, 2112, 2208 channels. */
export function densenet161(args: NamedDenseNetArgs = {}): Backbone {
  const depths = [6, 12, 36, 24];
  return densenet({ name: 'densenet161', depths, growth: 48, width: 96, ...args });
}

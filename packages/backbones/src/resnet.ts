import { Backbone, type Stage } from './backbone.ts';
import type { Block } from './convolution.ts';
import { requireDepths } from './depths.ts';
import {
  checkInitialWeights,
  heNormal,
  type InitialWeights,
  seedsFrom,
} from './initial-weights.ts';
import { checkKnown } from './known-options.ts';
import { EXPANSION, RESIDUAL_BLOCKS } from './residual-block.ts';
import { stem } from './stem.ts';

/** Arguments of {@link resnet}. */
export interface ResNetArgs {
  /** Name of the backbone. */
  name: string;
  /** Two 3×3 convolutions (`basic`: ResNet-18 and 34) or 1×1, 3×3, 1×1 with four times as many channels out. */
  block: keyof typeof RESIDUAL_BLOCKS;
  /** Number of blocks in each stage; the second and later stages halve the resolution. */
  depths: readonly number[];
  /** Channels of the first stage's 3×3 convolutions; they double with every stage. @default 64 */
  width?: number;
  /** Side of the stem's convolution. @default 7 */
  stemSize?: number;
  /** Makes the initial weights repeatable. @default none */
  seed?: number;
  /** `'zeros'`: nothing is drawn, for weights that are loaded next; a large network is made several times faster. @default 'random' */
  initialWeights?: InitialWeights;
}

const DEFAULTS = { width: 64, stemSize: 7 } as const;
const OPTIONS = ['name', 'block', 'depths', 'width', 'stemSize', 'seed', 'initialWeights'];

/** The arguments of the named ResNets. */
export type NamedResNetArgs = Pick<ResNetArgs, 'seed' | 'initialWeights'>;

/**
 * A residual network (He et al., arXiv 1512.03385; stride on the 3×3 convolution, "v1.5").
 *
 * Maps images [B,H,W,3] through the stages `stem` (H/4), `layer1` (H/4), `layer2` (H/8), …
 * Layers have torchvision's names (`layer2.0.conv1`), padding and batch norm PyTorch's semantics.
 *
 * @throws RangeError for an empty or non-positive `depths`
 */
export function resnet(args: ResNetArgs): Backbone {
  checkKnown('[@fbsd/backbones] resnet', args, OPTIONS);
  const { name, block, depths, width, stemSize, seed, initialWeights } = { ...DEFAULTS, ...args };
  requireDepths('resnet', depths);
  checkInitialWeights('[@fbsd/backbones] resnet', initialWeights);
  const seeds = seedsFrom(seed, initialWeights);
  const stages: Stage[] = [
    {
      name: 'stem',
      channels: width,
      reduction: 4,
      apply: stem({
        names: ['conv1', 'bn1', 'maxpool'],
        width,
        size: stemSize,
        kernelInitializer: heNormal(width * stemSize ** 2, seeds()),
      }),
    },
  ];
  let inputChannels = width;
  depths.forEach((depth, i) => {
    const stageWidth = width * 2 ** i;
    const blocks = Array.from({ length: depth }, (_, b): Block => {
      const made = RESIDUAL_BLOCKS[block]({
        name: `layer${i + 1}.${b}`,
        inputChannels,
        width: stageWidth,
        strides: i > 0 && b === 0 ? 2 : 1,
        seeds,
      });
      inputChannels = stageWidth * EXPANSION[block];
      return made;
    });
    stages.push({
      name: `layer${i + 1}`,
      channels: inputChannels,
      reduction: 4 * 2 ** i,
      apply: (x) => blocks.reduce((map, apply) => apply(map), x),
    });
  });
  return new Backbone(name, stages, { classifier: 'fc', seed: seeds() });
}

/** ResNet-18: 11.2 M parameters without classifier, stages of 64, 128, 256, 512 channels. */
export function resnet18(args: NamedResNetArgs = {}): Backbone {
  return resnet({ name: 'resnet18', block: 'basic', depths: [2, 2, 2, 2], ...args });
}

/** ResNet-34: 21.3 M parameters without classifier, stages of 64, 128, 256, 512 channels. */
export function resnet34(args: NamedResNetArgs = {}): Backbone {
  return resnet({ name: 'resnet34', block: 'basic', depths: [3, 4, 6, 3], ...args });
}

/** ResNet-50: 23.5 M parameters without classifier, stages of 256, 512, 1024, 2048 channels. */
export function resnet50(args: NamedResNetArgs = {}): Backbone {
  return resnet({ name: 'resnet50', block: 'bottleneck', depths: [3, 4, 6, 3], ...args });
}

/** ResNet-101: 42.5 M parameters without classifier, stages of 256, 512, 1024, 2048 channels. */
export function resnet101(args: NamedResNetArgs = {}): Backbone {
  return resnet({ name: 'resnet101', block: 'bottleneck', depths: [3, 4, 23, 3], ...args });
}

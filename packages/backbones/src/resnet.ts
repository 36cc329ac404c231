import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { Backbone, type Stage } from './backbone.ts';
import { batchNorm } from './batch-norm.ts';
import { type Block, convolution, type Seeds, seedsFrom, zeroPadding } from './convolution.ts';
import { EXPANSION, RESIDUAL_BLOCKS } from './residual-block.ts';

export interface ResNetArgs {
  name: string;
  block: keyof typeof RESIDUAL_BLOCKS;
  /** Number of blocks in each stage; the second and later stages halve the resolution. */
  depths: readonly number[];
  /** Channels of the first stage's 3×3 convolutions; they double with every stage. @default 64 */
  width?: number;
  /** Side of the stem's convolution. @default 7 */
  stemSize?: number;
  /** Makes the initial weights repeatable. @default none */
  seed?: number;
}

/** What the named ResNets leave open. */
export type NamedResNetArgs = Pick<ResNetArgs, 'seed'>;

/**
 * A residual network (He et al., arXiv 1512.03385; stride on the 3×3 convolution, "v1.5").
 *
 * Maps images [B,H,W,3] through the stages `stem` (H/4), `layer1` (H/4), `layer2` (H/8), …
 * Layers have torchvision's names (`layer2.0.conv1`), padding and batch norm PyTorch's semantics.
 *
 * @throws RangeError for an empty or non-positive `depths`
 */
export function resnet(args: ResNetArgs): Backbone {
  const { name, block, depths, width = 64, stemSize = 7, seed } = args;
  if (depths.length === 0 || !depths.every((depth) => Number.isInteger(depth) && depth > 0)) {
    throw new RangeError(
      `[@fbsd/backbones] resnet: depths must be whole numbers from 1, one per stage; got [${depths}].`,
    );
  }
  const seeds = seedsFrom(seed);
  const stages: Stage[] = [
    { name: 'stem', channels: width, reduction: 4, apply: stem(width, stemSize, seeds) },
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
  return new Backbone(name, stages);
}

/** Convolution, batch norm, ReLU and max pooling 3×3: a quarter of the resolution. */
function stem(width: number, size: number, seeds: Seeds): Block {
  const conv = convolution({ name: 'conv1', filters: width, size, strides: 2, seeds });
  const bn = batchNorm({ name: 'bn1', activation: 'relu' });
  // Behind a ReLU zeros pad a maximum as −∞ would.
  const pad = zeroPadding('maxpool.pad', 1);
  const pool = layers.maxPooling2d({ name: 'maxpool', poolSize: 3, strides: 2, padding: 'valid' });
  return (x) => pool.apply(pad(bn.apply(conv(x)) as SymbolicTensor)) as SymbolicTensor;
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

import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { batchNorm } from './batch-norm.ts';
import { type Block, convolution } from './convolution.ts';
import type { Seeds } from './initial-weights.ts';

interface ResidualBlockArgs {
  name: string;
  inputChannels: number;
  /** Channels of the 3×3 convolutions. */
  width: number;
  strides: number;
  seeds: Seeds;
}

/** Output channels of a block are `width` times this. */
export const EXPANSION = { basic: 1, bottleneck: 4 } as const;

/** Two 3×3 convolutions (He et al. 2016, ResNet-18 and -34). */
function basic({ name, width, strides, seeds, ...rest }: ResidualBlockArgs): Block {
  const conv1 = convolution({
    name: `${name}.conv1`,
    filters: width,
    size: 3,
    strides,
    seed: seeds(),
  });
  const bn1 = batchNorm({ name: `${name}.bn1`, activation: 'relu' });
  const conv2 = convolution({ name: `${name}.conv2`, filters: width, size: 3, seed: seeds() });
  const bn2 = batchNorm({ name: `${name}.bn2`, activation: 'relu' });
  const shortcut = projection({ name, width, strides, seeds, ...rest }, width);
  return (x) => {
    const y = conv2(bn1.apply(conv1(x)) as SymbolicTensor);
    return bn2.apply([y, shortcut(x)]) as SymbolicTensor;
  };
}

/** 1×1, 3×3, 1×1 with the stride on the 3×3 (ResNet v1.5, as torchvision and the paper use it). */
function bottleneck({ name, width, strides, seeds, ...rest }: ResidualBlockArgs): Block {
  const outputChannels = width * EXPANSION.bottleneck;
  const conv1 = convolution({ name: `${name}.conv1`, filters: width, size: 1, seed: seeds() });
  const bn1 = batchNorm({ name: `${name}.bn1`, activation: 'relu' });
  const conv2 = convolution({
    name: `${name}.conv2`,
    filters: width,
    size: 3,
    strides,
    seed: seeds(),
  });
  const bn2 = batchNorm({ name: `${name}.bn2`, activation: 'relu' });
  const conv3 = convolution({
    name: `${name}.conv3`,
    filters: outputChannels,
    size: 1,
    seed: seeds(),
  });
  const bn3 = batchNorm({ name: `${name}.bn3`, activation: 'relu' });
  const shortcut = projection({ name, width, strides, seeds, ...rest }, outputChannels);
  return (x) => {
    const y1 = bn1.apply(conv1(x)) as SymbolicTensor;
    const y2 = bn2.apply(conv2(y1)) as SymbolicTensor;
    return bn3.apply([conv3(y2), shortcut(x)]) as SymbolicTensor;
  };
}

/** The identity, or a strided 1×1 convolution where the shapes differ. */
function projection(args: ResidualBlockArgs, outputChannels: number): Block {
  const { name, inputChannels, strides, seeds } = args;
  if (strides === 1 && inputChannels === outputChannels) return (x) => x;
  const conv = convolution({
    name: `${name}.downsample.0`,
    filters: outputChannels,
    size: 1,
    strides,
    seed: seeds(),
  });
  const bn = batchNorm({ name: `${name}.downsample.1` });
  return (x) => bn.apply(conv(x)) as SymbolicTensor;
}

export const RESIDUAL_BLOCKS = { basic, bottleneck } as const;

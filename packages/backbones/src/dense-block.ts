import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { batchNorm } from './batch-norm.ts';
import { type Block, convolution, type Seeds } from './convolution.ts';

/** The 1×1 convolution of a dense layer has this many times the growth as channels. */
const BOTTLENECK = 4;

/** Layers that each add `growth` channels to all that came before (Huang et al. 2017, DenseNet-BC). */
export function denseBlock(args: {
  name: string;
  depth: number;
  growth: number;
  seeds: Seeds;
}): Block {
  const { name, depth, growth, seeds } = args;
  const denseLayers = Array.from({ length: depth }, (_, i) =>
    denseLayer(`${name}.denselayer${i + 1}`, growth, seeds),
  );
  return (x) => denseLayers.reduce((map, apply) => apply(map), x);
}

/** x → [x, f(x)] with f: BN, ReLU, 1×1 convolution, BN, ReLU, 3×3 convolution. */
function denseLayer(name: string, growth: number, seeds: Seeds): Block {
  const conv = (index: number, filters: number, size: number) =>
    convolution({ name: `${name}.conv${index}`, filters, size, seeds, fan: 'in' });
  const norm1 = batchNorm({ name: `${name}.norm1`, activation: 'relu' });
  const conv1 = conv(1, BOTTLENECK * growth, 1);
  const norm2 = batchNorm({ name: `${name}.norm2`, activation: 'relu' });
  const conv2 = conv(2, growth, 3);
  const concat = layers.concatenate({ name: `${name}.concat` });
  return (x) => {
    const reduced = conv1(norm1.apply(x) as SymbolicTensor);
    const added = conv2(norm2.apply(reduced) as SymbolicTensor);
    return concat.apply([x, added]) as SymbolicTensor;
  };
}

/** BN, ReLU, 1×1 convolution to `filters` channels, 2×2 average: half of the resolution. */
export function transition(args: { name: string; filters: number; seeds: Seeds }): Block {
  const { name, filters, seeds } = args;
  const norm = batchNorm({ name: `${name}.norm`, activation: 'relu' });
  const conv = convolution({ name: `${name}.conv`, filters, size: 1, seeds, fan: 'in' });
  const pool = layers.averagePooling2d({ name: `${name}.pool`, poolSize: 2, strides: 2 });
  return (x) => pool.apply(conv(norm.apply(x) as SymbolicTensor)) as SymbolicTensor;
}

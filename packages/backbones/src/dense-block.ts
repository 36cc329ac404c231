import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { batchNorm } from './batch-norm.ts';
import { type Block, convolution } from './convolution.ts';
import { denseLayer } from './dense-layer.ts';
import { heNormal, type Seed, type Seeds } from './initial-weights.ts';

/**
 * Layers that each add `growth` channels to all that came before (Huang et al. 2017, DenseNet-BC).
 *
 * The maps stay apart until the end of the block: each layer puts together for itself what it reads.
 */
export function denseBlock(args: {
  name: string;
  depth: number;
  growth: number;
  seeds: Seeds;
}): Block {
  const { name, depth, growth, seeds } = args;
  const denseLayers = Array.from({ length: depth }, (_, i) => {
    const [seed] = [seeds(), seeds()]; // one for each of its two kernels
    const layerName = `${name}.denselayer${i + 1}`;
    return denseLayer({ name: layerName, growth, ...(seed !== undefined && { seed }) });
  });
  const concat = layers.concatenate({ name: `${name}.concat` });
  return (x) => {
    let maps = [x];
    for (const layer of denseLayers) maps = [...maps, layer.apply(maps) as SymbolicTensor];
    return concat.apply(maps) as SymbolicTensor;
  };
}

/** BN, ReLU, 1×1 convolution to half of the `channels`, 2×2 average: half of the resolution. */
export function transition(args: { name: string; channels: number; seed: Seed }): Block {
  const { name, channels, seed } = args;
  const norm = batchNorm({ name: `${name}.norm`, activation: 'relu' });
  const conv = convolution({
    name: `${name}.conv`,
    filters: channels >> 1,
    size: 1,
    kernelInitializer: heNormal(channels, seed),
  });
  const pool = layers.averagePooling2d({ name: `${name}.pool`, poolSize: 2, strides: 2 });
  return (x) => pool.apply(conv(norm.apply(x) as SymbolicTensor)) as SymbolicTensor;
}

import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { batchNorm } from './batch-norm.ts';
import { type Block, convolution, zeroPadding } from './convolution.ts';
import type { Initializer } from './initial-weights.ts';

interface StemArgs {
  /** Names of its convolution, batch norm and pooling layer. */
  names: readonly [conv: string, norm: string, pool: string];
  /** Channels of its output. */
  width: number;
  /** Side of the convolution's kernel. */
  size: number;
  kernelInitializer: Initializer;
}

/** Convolution, batch norm, ReLU and max pooling 3×3: a quarter of the resolution. */
export function stem({ names, width, size, kernelInitializer }: StemArgs): Block {
  const [convName, normName, poolName] = names;
  const conv = convolution({ name: convName, filters: width, size, strides: 2, kernelInitializer });
  const norm = batchNorm({ name: normName, activation: 'relu' });
  // Behind a ReLU zeros pad a maximum as −∞ would.
  const pad = zeroPadding(`${poolName}.pad`, 1);
  const pool = layers.maxPooling2d({ name: poolName, poolSize: 3, strides: 2, padding: 'valid' });
  return (x) => pool.apply(pad(norm.apply(conv(x)) as SymbolicTensor)) as SymbolicTensor;
}

import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { heNormal, type Initializer, type Seed } from './initial-weights.ts';
import { checkKnown } from './known-options.ts';

/** A part of a network that owns its layers: applied twice, it shares them. */
export type Block = (x: SymbolicTensor) => SymbolicTensor;

const OPTIONS = ['name', 'filters', 'size', 'strides', 'seed', 'kernelInitializer'];

/**
 * 2-D convolution without bias as PyTorch pads it: `⌊size/2⌋` zeros on **each** side, also where it
 * strides (tfjs's 'same' pads the far side only).
 */
export function convolution(args: {
  name: string;
  filters: number;
  size: number;
  strides?: number;
  /** Makes the initial kernel repeatable; with `'zeros'` nothing is drawn. @default none */
  seed?: Seed;
  /** @default He et al.'s normal by the outputs that a value enters, as in torchvision's ResNets */
  kernelInitializer?: Initializer;
}): Block {
  checkKnown('[@fbsd/backbones] convolution', args, OPTIONS);
  const { name, filters, size, strides = 1, seed } = args;
  const { kernelInitializer = heNormal(filters * size * size, seed) } = args;
  const padded = strides > 1 && size > 1;
  const conv = layers.conv2d({
    name,
    filters,
    kernelSize: size,
    strides,
    padding: padded || size === 1 ? 'valid' : 'same',
    useBias: false,
    kernelInitializer,
  });
  const pad = padded && zeroPadding(`${name}.pad`, size >> 1);
  return (x) => conv.apply(pad ? pad(x) : x) as SymbolicTensor;
}

/** `margin` zeros around the map. */
export function zeroPadding(name: string, margin: number): Block {
  const layer = layers.zeroPadding2d({
    name,
    padding: [
      [margin, margin],
      [margin, margin],
    ],
  });
  return (x) => layer.apply(x) as SymbolicTensor;
}

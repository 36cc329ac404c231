import { initializers, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';

/** A part of a network that owns its layers: applied twice, it shares them. */
export type Block = (x: SymbolicTensor) => SymbolicTensor;

/** Gives every kernel of a network a seed of its own, so that one seed decides all of them. */
export type Seeds = () => number | undefined;

/** Seeds counted up from `seed`, or none at all. */
export function seedsFrom(seed: number | undefined): Seeds {
  let next = seed;
  return () => (next === undefined ? undefined : next++);
}

/** Which side of a kernel decides its initial spread: √(2 / fan). */
export type Fan = 'in' | 'out';

/**
 * 2-D convolution without bias as PyTorch pads it: `⌊size/2⌋` zeros on **each** side, also where it
 * strides (tfjs's 'same' pads the far side only). Kernels start from He et al.'s normal.
 */
export function convolution(args: {
  name: string;
  filters: number;
  size: number;
  strides?: number;
  seeds?: Seeds;
  /** @default 'out' */
  fan?: Fan;
}): Block {
  const { name, filters, size, strides = 1, seeds, fan = 'out' } = args;
  const seed = seeds?.();
  const padded = strides > 1 && size > 1;
  const conv = layers.conv2d({
    name,
    filters,
    kernelSize: size,
    strides,
    padding: padded || size === 1 ? 'valid' : 'same',
    useBias: false,
    kernelInitializer: initializers.varianceScaling({
      scale: 2,
      mode: fan === 'in' ? 'fanIn' : 'fanOut',
      distribution: 'normal',
      ...(seed !== undefined && { seed }),
    }),
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

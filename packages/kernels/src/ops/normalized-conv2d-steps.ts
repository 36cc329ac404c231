import {
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  clone,
  concat,
  conv2d,
  engine,
  split,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';

const CONVOLUTION = { strides: 1, pad: 'same', dataFormat: 'NHWC' } as const;

/** Returns `f(x)` and disposes x. */
export function consumed<T extends Tensor, R>(x: T, f: (x: T) => R): R {
  const result = f(x);
  x.dispose();
  return result;
}

/** Maps [B,H,W,Cᵢ] side by side, as a new tensor [B,H,W,C]. */
export function together(maps: readonly Tensor[]): Tensor {
  return maps.length === 1 ? clone(maps[0] as Tensor) : concat([...maps], 3);
}

/** Takes x [B,H,W,C] apart again as the maps are; disposes it if that takes new tensors. */
export function apart(x: Tensor, maps: readonly Tensor4D[]): Tensor[] {
  if (maps.length === 1) return [x];
  const channels = maps.map(({ shape }) => shape[3]);
  return consumed(x, (x) => split(x, channels, 3));
}

/** filter ∗ x of x's size, stride 1. */
export function convolve(x: Tensor, filter: Tensor4D): Tensor4D {
  const { strides, pad } = CONVOLUTION;
  return conv2d(x as Tensor4D, filter, strides, pad);
}

/** The gradients of x and filter in {@link convolve}. */
export function convolveGradient(
  x: Tensor,
  filter: Tensor4D,
  dy: Tensor,
): [dx: Tensor, dFilter: Tensor] {
  const run = (kernelName: string, inputs: Record<string, Tensor>, attrs: object) =>
    engine().runKernel(kernelName, inputs, { ...CONVOLUTION, ...attrs }) as Tensor;
  return [
    run(Conv2DBackpropInput, { dy, filter }, { inputShape: x.shape }),
    run(Conv2DBackpropFilter, { x, dy }, { filterShape: filter.shape }),
  ];
}

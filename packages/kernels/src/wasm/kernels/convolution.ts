import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmModule } from '../module.ts';

/** The convolution that the module computes, see `Convolution` in assembly/positions.ts. */
export interface Geometry {
  /** Sizes of the image that is read. */
  input: readonly [height: number, width: number, channels: number];
  kernel: readonly [height: number, width: number];
  outChannels: number;
  /** How many positions of each image are computed. */
  positions: readonly [rows: number, columns: number];
  strides: readonly [number, number];
  /** Where in the input the first tap of the first position lies: minus the padding. */
  origin: readonly [top: number, left: number];
  dilations: readonly [number, number];
  /** Sizes of the image that is written, and which of its pixels. @default all positions */
  output?: {
    size: readonly [height: number, width: number];
    steps: readonly [number, number];
    first: readonly [row: number, column: number];
  };
}

export const GEOMETRY_BYTES = 80;

export function writeGeometry(module: WasmModule, address: number, g: Geometry): void {
  const { size, steps, first } = g.output ?? { size: g.positions, steps: [1, 1], first: [0, 0] };
  module.writeIntegers(address, [
    ...g.input,
    ...g.kernel,
    g.outChannels,
    ...g.positions,
    ...g.strides,
    ...g.origin,
    ...g.dilations,
    ...size,
    ...steps,
    ...first,
  ]);
}

/** The geometry of a forward convolution, and of its filter gradient. */
export function forwardGeometry(info: backend_util.Conv2DInfo): Geometry {
  return {
    input: [info.inHeight, info.inWidth, info.inChannels],
    kernel: [info.filterHeight, info.filterWidth],
    outChannels: info.outChannels,
    positions: [info.outHeight, info.outWidth],
    strides: [info.strideHeight, info.strideWidth],
    origin: [-info.padInfo.top, -info.padInfo.left],
    dilations: [info.dilationHeight, info.dilationWidth],
  };
}

/** Bytes of packed weights for `depth` values of each of `columns` output channels. */
export function panelBytes(depth: number, columns: number): number {
  return 4 * depth * roundUp(columns, 8);
}

/** Bytes of scratch memory of one thread that convolves. */
export function convolveScratch({ kernel, input }: Geometry): number {
  return roundUp(128 + 1024 + 4 * kernel[1] * input[2], 16);
}

/** Convolves all positions of a batch with packed weights. */
export function convolve(
  module: WasmModule,
  geometry: Geometry,
  batch: number,
  addresses: { geometry: number; weights: number; scratch: number },
  x: TensorInfo,
  y: TensorInfo,
  bias?: TensorInfo,
): void {
  writeGeometry(module, addresses.geometry, geometry);
  const { kernel, input, positions, outChannels } = geometry;
  const [from, to, offset] = [
    module.address(x),
    module.address(y),
    bias ? module.address(bias) : 0,
  ];
  const perThread = convolveScratch(geometry);
  const work = {
    items: batch * positions[0] * positions[1],
    cost: kernel[0] * kernel[1] * input[2] * outChannels,
    step: 4,
  };
  module.parallel('convolve', work, (first, last, thread) => {
    const scratch = addresses.scratch + thread * perThread;
    return [addresses.geometry, from, addresses.weights, offset, to, first, last, scratch];
  });
}

export function roundUp(n: number, multiple: number): number {
  return Math.ceil(n / multiple) * multiple;
}

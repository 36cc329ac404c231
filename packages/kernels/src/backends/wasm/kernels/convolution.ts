import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Geometry } from '../../../convolution/geometry.ts';
import type { WasmModule } from '../module.ts';

export const GEOMETRY_BYTES = 80;

/** Writes the `Convolution` of assembly/positions.ts. */
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

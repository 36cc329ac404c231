import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Geometry } from '../../../convolution/geometry.ts';
import { aligned, type WasmModule } from '../module.ts';

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

/** Bytes of scratch memory of one thread that convolves, such that the next thread's is aligned. */
export function convolveScratch({ sizes }: WasmModule, { kernel, input }: Geometry): number {
  return aligned(sizes.convolveScratchBytes(kernel[1], input[2]));
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
  const perThread = convolveScratch(module, geometry);
  const work = {
    items: batch * positions[0] * positions[1],
    cost: kernel[0] * kernel[1] * input[2] * outChannels,
    step: module.sizes.ROWS,
  };
  module.parallel('convolve', work, (first, last, thread) => {
    const scratch = addresses.scratch + thread * perThread;
    return [addresses.geometry, from, addresses.weights, offset, to, first, last, scratch];
  });
}

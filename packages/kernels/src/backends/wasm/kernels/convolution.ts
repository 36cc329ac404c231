import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Geometry } from '../../../convolution/geometry.ts';
import type { WasmModule } from '../module.ts';

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
    Number(g.relu ?? false),
    g.pixelStep ?? g.input[2],
    g.residual ?? 0,
  ]);
}

/** Time of a packed value in multiply-adds. */
export const PACK_COST = 4;

/** Packs a matrix [depth,columns] of weights; `args` makes the arguments for a range of its panels. */
export function packPanels(
  module: WasmModule,
  name: 'packFilter' | 'packFlippedFilter',
  depth: number,
  columns: number,
  args: (first: number, last: number) => number[],
): void {
  const { COLUMNS } = module.sizes;
  const work = { items: Math.ceil(columns / COLUMNS), cost: PACK_COST * depth * COLUMNS };
  module.parallel(name, work, args);
}

/** Sizes of the scratch areas, one for each thread that convolves. */
export function convolveScratch(module: WasmModule, { kernel, input }: Geometry): number[] {
  return module.forEachThread(module.sizes.convolveScratchBytes(...kernel, input[2]));
}

/** Convolves all positions of a batch with packed weights. */
export function convolve(
  module: WasmModule,
  geometry: Geometry,
  batch: number,
  addresses: { geometry: number; weights: number; scratch: readonly number[] },
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
  const work = {
    items: batch * positions[0] * positions[1],
    cost: kernel[0] * kernel[1] * input[2] * outChannels,
    step: module.sizes.ROWS,
  };
  module.parallel('convolve', work, (first, last, thread) => {
    const scratch = addresses.scratch[thread] as number;
    return [addresses.geometry, from, addresses.weights, offset, to, first, last, scratch];
  });
}

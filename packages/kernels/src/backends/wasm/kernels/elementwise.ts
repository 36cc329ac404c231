import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WasmModule } from '../module.ts';

/** How a function of the module goes through tensors of one shape. */
interface Elementwise {
  /** Time of one value in multiply-adds. @default 4: it waits for memory */
  cost?: number;
  /** What it takes behind the addresses. */
  numbers?: readonly number[];
}

/** What a function of the module makes of each value of tensors of one shape, on all threads. */
export function elementwise(
  module: WasmModule,
  name: string,
  inputs: readonly [TensorInfo, ...TensorInfo[]],
  { cost = 4, numbers = [] }: Elementwise = {},
): TensorInfo {
  const { shape } = inputs[0];
  const output = module.output(shape);
  const addresses = [...inputs, output].map((tensor) => module.address(tensor));
  const work = { items: util.sizeFromShape(shape), cost, step: 4 };
  module.parallel(name, work, (first, last) => [...addresses, ...numbers, first, last]);
  return output;
}

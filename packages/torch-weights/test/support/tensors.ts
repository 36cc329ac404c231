import type { DType, Elements, StateDict, StateTensor } from '@fbsd/torch-weights';

export function tensor(dtype: DType, shape: readonly number[], data: Elements): StateTensor {
  return { dtype, shape, data };
}

const { MAX_SAFE_INTEGER } = Number;

/** A tensor of every type, with the extremes of each. */
export const EVERY_DTYPE: StateDict = new Map(
  (
    [
      ['float16', Float32Array.of(1, -0, 65504, 2 ** -24, Number.POSITIVE_INFINITY)],
      ['bfloat16', Float32Array.of(1, -0, 2 ** 127, 2 ** -133, Number.NEGATIVE_INFINITY)],
      ['float32', Float32Array.of(Math.PI, -0, 2 ** -149, Number.NEGATIVE_INFINITY)],
      ['float64', Float64Array.of(Math.PI, -0, Number.MIN_VALUE, Number.MAX_VALUE)],
      ['int8', Int8Array.of(-128, 127)],
      ['int16', Int16Array.of(-32768, 32767)],
      ['int32', Int32Array.of(-(2 ** 31), 2 ** 31 - 1)],
      ['int64', BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, BigInt(MAX_SAFE_INTEGER))],
      ['uint8', Uint8Array.of(0, 255)],
      ['uint16', Uint16Array.of(0, 65535)],
      ['uint32', Uint32Array.of(0, 2 ** 32 - 1)],
      ['uint64', BigUint64Array.of(0n, 2n ** 64n - 1n)],
      ['bool', Uint8Array.of(0, 1, 1)],
    ] as const
  ).map(([dtype, data]) => [dtype, tensor(dtype, [data.length], data)]),
);

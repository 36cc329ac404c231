import {
  add,
  cast,
  type KernelFunc,
  mul,
  OneHot,
  type OneHotAttrs,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Replacement } from '../../registry/install.ts';
import { toTensor } from '../activation.ts';

/** The stock kernel writes integers, whatever the dtype: as float32 their bits are almost 0. */
export const oneHot: Replacement = {
  kernelName: OneHot,
  create:
    (stock): KernelFunc =>
    (args) => {
      const { dtype, onValue, offValue, ...rest } = args.attrs as unknown as OneHotAttrs;
      if (dtype !== 'float32') return stock(args);
      const attrs = { ...rest, dtype: 'int32', onValue: 1, offValue: 0 };
      const ones = toTensor(
        [stock({ ...args, attrs })].flat()[0] as Parameters<typeof toTensor>[0],
      );
      const values = tidy(() => add(mul(cast(ones, 'float32'), onValue - offValue), offValue));
      ones.dispose();
      return values;
    },
};

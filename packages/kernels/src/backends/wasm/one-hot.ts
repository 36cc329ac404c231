import {
  add,
  cast,
  mul,
  OneHot,
  type OneHotAttrs,
  type OneHotInputs,
  type TensorInfo,
  tidy,
} from '@tensorflow/tfjs-core';
import { replacement } from '../../registry/define-kernels.ts';
import { toTensor } from '../activation.ts';

/** The stock kernel writes integers, whatever the dtype: as float32 their bits are almost 0. */
export const oneHot = replacement<OneHotInputs, OneHotAttrs>(OneHot, ({ attrs, stock }) => {
  const { dtype, onValue, offValue, ...rest } = attrs;
  if (dtype !== 'float32') return stock();
  const ofIntegers = { ...rest, dtype: 'int32', onValue: 1, offValue: 0 };
  const ones = toTensor(stock({ attrs: ofIntegers }) as TensorInfo);
  const values = tidy(() => add(mul(cast(ones, 'float32'), onValue - offValue), offValue));
  ones.dispose();
  return values;
});

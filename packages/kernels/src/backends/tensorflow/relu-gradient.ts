import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel } from './kernel.ts';

/** FbsdReluGradient: dy where y > 0, else 0. */
export const reluGradient = kernel<{ dy: TensorInfo; y: TensorInfo }>(
  'FbsdReluGradient',
  (ops, { dy, y }) => ops.single('ReluGrad', [dy, y]),
);

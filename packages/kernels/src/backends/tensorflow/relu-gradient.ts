import { fusedKernel } from './define-kernels.ts';

/** FbsdReluGradient: dy where y > 0, else 0. */
export const reluGradient = fusedKernel('FbsdReluGradient', (ops, { dy, y }) => [
  ops.single('ReluGrad', [dy, y]),
]);

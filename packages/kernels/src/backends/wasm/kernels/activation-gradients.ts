import { fusedKernel } from '../define-kernels.ts';
import { elementwise } from './elementwise.ts';

/** FbsdReluGradient: dy where y is not 0 or less, else 0. */
export const reluGradient = fusedKernel('FbsdReluGradient', (module, { dy, y }) => [
  elementwise(module, 'reluGradient', [dy, y]),
]);

/** FbsdClipGradient: dy where low ≤ x ≤ high, else 0. */
export const clipGradient = fusedKernel('FbsdClipGradient', (module, { dy, x }, { low, high }) => [
  elementwise(module, 'clipGradient', [dy, x], { numbers: [low, high] }),
]);

import { fusedKernel } from '../define-kernels.ts';
import { output } from '../runtime/program.ts';
import { elementwise } from '../shaders/elementwise.ts';

/** FbsdReluGradient: dy where y is not 0 or less, else 0. */
export const reluGradient = fusedKernel('FbsdReluGradient', (backend, { dy, y }) => {
  const dx = output(backend, y.shape);
  elementwise(backend, {
    name: 'FbsdReluGradient',
    reads: { dy, y },
    writes: { dx },
    body: 'dx[i] = select(dy[i], V(), y[i] <= V());',
  });
  return [dx];
});

import { fusedKernel } from './define-kernels.ts';

/** FbsdSgd: the next weight and velocity, in five ops or fewer; AddN adds its inputs in one pass. */
export const sgd = fusedKernel(
  'FbsdSgd',
  (ops, { weight, velocity, gradient }, { learningRate, momentum, weightDecay }) => {
    const terms = [gradient];
    if (momentum !== 0) terms.push(ops.single('Mul', [velocity, momentum]));
    if (weightDecay !== 0) terms.push(ops.single('Mul', [weight, weightDecay]));
    const next = ops.single('AddN', terms, [ops.attribute('N', 'INT', terms.length)]);
    for (const term of terms) ops.free(term);
    return [ops.single('Sub', [weight, ops.single('Mul', [next, learningRate])]), next];
  },
);

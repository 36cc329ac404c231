import { fusedKernel } from '../define-kernels.ts';
import { output, run } from '../runtime/program.ts';
import { sizesOf, stripFunctions } from '../shaders/strips.ts';

/** FbsdStripMovingStatistics, of @fbsd/fbsm: moving mean and variance [1] after an update for every strip. */
export const stripMovingStatistics = fusedKernel(
  'FbsdStripMovingStatistics',
  (backend, inputs, { shape, momentum, ...cut }) => {
    const [nextMean, nextVariance] = [output(backend, [1]), output(backend, [1])];
    run(backend, {
      name: 'FbsdStripMovingStatistics',
      variant: cut.axis,
      reads: inputs,
      writes: { nextMean, nextVariance },
      integers: { ...sizesOf(shape, cut), images: shape[0] as number },
      floats: { momentum },
      workgroups: [1, 1, 1],
      code: () => `
${stripFunctions(cut)}
@compute @workgroup_size(1)
fn main() {
  let keep = 1.0 - u.momentum;
  var m = movingMean[0];
  var v = movingVariance[0];
  for (var i = 0; i < u.parts; i++) {
    let n = f32(u.images * positionsOf(i));
    m = keep * m + u.momentum * mean[i];
    v = keep * v + u.momentum * (variance[i] * (n / (n - 1.0)));
  }
  nextMean[0] = m;
  nextVariance[0] = v;
}`,
    });
    return [nextMean, nextVariance];
  },
);

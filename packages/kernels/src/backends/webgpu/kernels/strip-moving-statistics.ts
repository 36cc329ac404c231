import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Replacement } from '../../../registry/install.ts';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { output, run } from '../runtime/program.ts';
import { type Cut, sizesOf, stripFunctions } from '../shaders/strips.ts';

/** FbsdStripMovingStatistics, of @fbsd/fbsm: moving mean and variance [1] after an update for every strip. */
export const stripMovingStatistics: Replacement = {
  kernelName: 'FbsdStripMovingStatistics',
  create: () => (args) => {
    const backend = args.backend as WebGPUBackend;
    const { shape, momentum, ...cut } = args.attrs as unknown as Cut & {
      shape: number[];
      momentum: number;
    };
    const [nextMean, nextVariance] = [output(backend, [1]), output(backend, [1])];
    run(backend, {
      ...{ name: 'FbsdStripMovingStatistics', variant: cut.axis },
      reads: args.inputs as Record<string, TensorInfo>,
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
};

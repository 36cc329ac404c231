import type { FusedAttrs, FusedInputs } from '@fbsd/fused-kernels';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../define-kernels.ts';
import type { WasmModule } from '../module.ts';
import { COST, sizes } from './batch-norm.ts';

/** FbsdBatchNormGradient: dx, dγ, dβ and, if there is a residual, its gradient. */
export const batchNormGradient = fusedKernel('FbsdBatchNormGradient', (module, inputs, attrs) => {
  const { x, gamma, beta, residual } = gradients(module, inputs, attrs, 'of x');
  return [x, gamma, beta, ...residual];
});

/** FbsdNormalizeGradient: dx, dmean, dvariance, dγ, dβ and, if there is a residual, its gradient. */
export const normalizeGradient = fusedKernel('FbsdNormalizeGradient', (module, inputs, attrs) => {
  const { variance, gamma: g } = inputs;
  const { epsilon } = attrs;
  const { x, gamma, beta, residual } = gradients(module, inputs, attrs, 'given');
  const means = module.output(gamma.shape);
  const variances = module.output(gamma.shape);
  const read = (t: TensorInfo) => module.floats(module.address(t), gamma.shape[0] as number);
  const [dmeans, dvariances] = [read(means), read(variances)];
  const [dgammas, dbetas] = [read(gamma), read(beta)];
  const [given, gammas] = [read(variance), read(g)];
  for (let c = 0; c < gammas.length; c++) {
    const s = 1 / Math.sqrt((given[c] as number) + epsilon);
    const scale = (gammas[c] as number) * s;
    dmeans[c] = -scale * (dbetas[c] as number);
    dvariances[c] = -0.5 * scale * s * (dgammas[c] as number);
  }
  return [x, means, variances, gamma, beta, ...residual];
});

interface Gradients {
  x: TensorInfo;
  gamma: TensorInfo;
  beta: TensorInfo;
  /** One if there is a residual, else none. */
  residual: TensorInfo[];
}

/** Two passes: the sums of each channel, then dx = k·g + b·x + d. */
function gradients(
  module: WasmModule,
  { dy, x, mean, variance, gamma, y }: FusedInputs<'FbsdBatchNormGradient'>,
  { epsilon, residual }: FusedAttrs<'FbsdBatchNormGradient'>,
  statistics: 'of x' | 'given',
): Gradients {
  const { channels, rows } = sizes(x);
  const dx = module.output(x.shape);
  const dgamma = module.output([channels]);
  const dbeta = module.output([channels]);
  const dresidual = residual ? module.output(x.shape) : undefined;
  const work = { items: rows, cost: COST * channels };
  const shares = module.shares(work);
  const bytes = 4 * channels;
  const [k, b, d, ...sums] = module.scratch(
    bytes,
    bytes,
    bytes,
    ...Array<number>(shares).fill(2 * bytes),
  );
  const from = [dy, x].map((t) => module.address(t));
  const mask = y ? module.address(y) : 0;
  module.parallel('batchNormGradientSums', work, (first, last, share) => {
    const own = sums[share] as number;
    return [...from, mask, module.address(mean), channels, first, last, own, own + bytes];
  });

  const read = (t: TensorInfo) => module.floats(module.address(t), channels);
  const partial = sums.map((area) => module.floats(area, 2 * channels));
  const [means, variances, gammas] = [read(mean), read(variance), read(gamma)];
  const [dgammas, dbetas] = [read(dgamma), read(dbeta)];
  const valuesAt = (address: number) => module.floats(address, channels);
  const [ks, bs, ds] = [valuesAt(k), valuesAt(b), valuesAt(d)];
  for (let c = 0; c < channels; c++) {
    let sum = 0; // n·p of docs/derivations/batch-norm.md
    let product = 0; // n·q
    for (const of of partial) {
      sum += of[c] as number;
      product += of[channels + c] as number;
    }
    const s = 1 / Math.sqrt((variances[c] as number) + epsilon);
    const scale = (gammas[c] as number) * s;
    // Statistics that are given do not change with x.
    const slope = statistics === 'given' ? 0 : (-scale * s * s * product) / rows;
    dbetas[c] = sum;
    dgammas[c] = s * product;
    ks[c] = scale;
    bs[c] = slope;
    ds[c] = statistics === 'given' ? 0 : (-scale * sum) / rows - slope * (means[c] as number);
  }

  const [to, added] = [module.address(dx), dresidual ? module.address(dresidual) : 0];
  module.parallel('batchNormGradient', work, (first, last) => {
    return [...from, mask, k, b, d, to, added, channels, first, last];
  });
  return { x: dx, gamma: dgamma, beta: dbeta, residual: dresidual ? [dresidual] : [] };
}

import type { FusedInputs } from '@fbsd/fused-kernels';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../define-kernels.ts';
import type { WebGPUBackend } from '../runtime/backend.ts';
import { output } from '../runtime/program.ts';
import { foldLanes, overRows, planRows, type RowPlan } from '../shaders/channels.ts';

/*
 * The gradients of batch normalisation, in the names of docs/derivations/batch-norm.md: one pass for the
 * sums of each channel, one over the slices, one for dx.
 */

/** FbsdBatchNormGradient: dx, dγ, dβ and, if there is a residual, its gradient. */
export const batchNormGradient = fusedKernel(
  'FbsdBatchNormGradient',
  (backend, inputs, { epsilon, residual }) => {
    const { mean, variance, gamma } = inputs;
    const plan = planRows(inputs.x);
    const [dgamma, dbeta, slopes] = [
      output(backend, gamma.shape),
      output(backend, gamma.shape),
      output(backend, [3, plan.channels]),
    ] as const;
    sumOverParts(backend, plan, inputs, {
      reads: { mean, variance, gamma },
      writes: { dgamma, dbeta, slopes },
      epsilon,
      body: `
    let slope = -k * s * s * product / f32(u.rows);
    slopes[c] = k;
    slopes[c + u.columns] = slope;
    slopes[c + 2 * u.columns] = -k * sum / f32(u.rows) - slope * mean[c];`,
    });
    const [dx, ...rest] = inputGradients(backend, plan, inputs, residual, {
      reads: { x: inputs.x, slopes },
      epsilon,
      prepare:
        'let k = slopes[c]; let b = slopes[c + u.columns]; let d = slopes[c + 2 * u.columns];',
      dx: 'k * g + b * x[at] + d',
    });
    backend.disposeData(slopes.dataId);
    return [dx, dgamma, dbeta, ...rest];
  },
);

/** FbsdNormalizeGradient: dx, dmean, dvariance, dγ, dβ and, if there is a residual, its gradient. */
export const normalizeGradient = fusedKernel(
  'FbsdNormalizeGradient',
  (backend, inputs, { epsilon, residual }) => {
    const { variance, gamma } = inputs;
    const plan = planRows(inputs.x);
    const perChannel = () => output(backend, gamma.shape);
    const [dgamma, dbeta, dmean, dvariance] = [
      perChannel(),
      perChannel(),
      perChannel(),
      perChannel(),
    ];
    sumOverParts(backend, plan, inputs, {
      reads: { variance, gamma },
      writes: { dgamma, dbeta, dmean, dvariance },
      epsilon,
      body: `
    dmean[c] = -k * sum;
    dvariance[c] = -0.5 * k * s * s * product;`,
    });
    const [dx, ...rest] = inputGradients(backend, plan, inputs, residual, {
      reads: { variance, gamma },
      epsilon,
      prepare: 'let k = gamma[c] * inverseSqrt(variance[c] + u.epsilon);',
      dx: 'k * g',
    });
    return [dx, dmean, dvariance, dgamma, dbeta, ...rest];
  },
);

type Inputs = FusedInputs<'FbsdBatchNormGradient'>;

/** The upstream gradient behind the ReLU. */
const upstream = (y?: TensorInfo) => (y ? 'select(V(), dy[at], y[at] > V())' : 'dy[at]');

/** dβ = Σ g and dγ = s·Σ g·(x − mean), and what `body` makes of `sum`, `product`, s = 1/σ and k = γ·s. */
function sumOverParts(
  backend: WebGPUBackend,
  plan: RowPlan,
  { dy, x, mean, y }: Inputs,
  after: {
    reads: Record<string, TensorInfo>;
    writes: Record<string, TensorInfo>;
    epsilon: number;
    body: string;
  },
): void {
  const name = 'FbsdBatchNormSums';
  const partial = output(backend, [plan.slices, 2, plan.channels]);
  const declarations =
    'var<workgroup> sums: array<V, 256>; var<workgroup> products: array<V, 256>;';
  const fold = foldLanes(
    (other) => `sums[here] += sums[${other}]; products[here] += products[${other}];`,
  );
  overRows(backend, plan, {
    name,
    declarations,
    reads: { dy, x, mean, ...(y && { y }) },
    writes: { ofSlices: partial },
    body: `
  var sum: V;
  var product: V;
  if (exists) {
    let m = mean[c];
    for (var row = first + lane; row < last; row += 16) {
      let at = row * u.columns + c;
      let g = ${upstream(y)};
      sum += g;
      product += g * (x[at] - m);
    }
  }
  sums[here] = sum;
  products[here] = product;
  ${fold}
  if (lane == 0 && exists) {
    ofSlices[slice * 2 * u.columns + c] = sums[here];
    ofSlices[(slice * 2 + 1) * u.columns + c] = products[here];
  }`,
  });
  const second = {
    name,
    declarations,
    reads: { ofSlices: partial, ...after.reads },
    writes: after.writes,
    floats: { epsilon: after.epsilon },
    body: `
  var laneSum: V;
  var laneProduct: V;
  if (exists) {
    for (var other = lane; other < u.slices; other += 16) {
      laneSum += ofSlices[other * 2 * u.columns + c];
      laneProduct += ofSlices[(other * 2 + 1) * u.columns + c];
    }
  }
  sums[here] = laneSum;
  products[here] = laneProduct;
  ${fold}
  if (lane == 0 && exists) {
    let sum = sums[here];
    let product = products[here];
    let s = inverseSqrt(variance[c] + u.epsilon);
    let k = gamma[c] * s;
    dbeta[c] = sum;
    dgamma[c] = s * product;
    ${after.body}
  }`,
  };
  overRows(backend, plan, second, 'slices');
  backend.disposeData(partial.dataId);
}

/** dx and, if there is a residual, its gradient: the upstream gradient behind the ReLU. */
function inputGradients(
  backend: WebGPUBackend,
  plan: RowPlan,
  { dy, y }: Inputs,
  residual: boolean,
  {
    reads,
    epsilon,
    prepare,
    dx: value,
  }: {
    reads: Record<string, TensorInfo>;
    epsilon: number;
    prepare: string;
    dx: string;
  },
): [dx: TensorInfo, ...dresidual: TensorInfo[]] {
  const dx = output(backend, dy.shape);
  const dresidual = residual && y ? output(backend, dy.shape) : undefined;
  overRows(backend, plan, {
    name: 'FbsdBatchNormGradient',
    reads: { dy, ...(y && { y }), ...reads },
    writes: { dx, ...(dresidual && { dresidual }) },
    floats: { epsilon },
    body: `
  if (!exists) { return; }
  ${prepare}
  for (var row = first + lane; row < last; row += 16) {
    let at = row * u.columns + c;
    let g = ${upstream(y)};
    dx[at] = ${value};
    ${dresidual ? 'dresidual[at] = g;' : ''}
  }`,
  });
  if (!residual) return [dx];
  if (dresidual) return [dx, dresidual];
  backend.incRef(dy.dataId); // without a ReLU it is the upstream gradient itself
  return [dx, { dataId: dy.dataId, shape: dy.shape, dtype: dy.dtype }];
}

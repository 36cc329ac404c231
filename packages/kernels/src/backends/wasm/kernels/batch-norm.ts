import type { TensorInfo } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../define-kernels.ts';
import type { WasmModule } from '../module.ts';

/** Time of one value in multiply-adds: these kernels wait for memory. */
export const COST = 4;

/** FbsdFusedBatchNorm: normalised by the statistics of the batch, which are outputs, too. */
export const batchNorm = fusedKernel(
  'FbsdFusedBatchNorm',
  (module, { x, gamma, beta, residual }, { epsilon, relu }) => {
    const [mean, variance] = [module.output(gamma.shape), module.output(gamma.shape)];
    takeMoments(module, x, module.address(mean), module.address(variance));
    const y = affine(module, { x, mean, variance, gamma, beta, residual }, epsilon, relu);
    return [y, mean, variance];
  },
);

/** FbsdMoments: mean and biased variance over all axes but the last of x: two rows, [2,C]. */
export const moments = fusedKernel('FbsdMoments', (module, { x }) => {
  const { channels } = sizes(x);
  const output = module.output([2, channels]);
  const mean = module.address(output);
  takeMoments(module, x, mean, mean + 4 * channels);
  return [output];
});

/** Writes mean and biased variance of each channel to two addresses. */
function takeMoments(module: WasmModule, x: TensorInfo, mean: number, variance: number): void {
  const { channels, rows } = sizes(x);
  const work = { items: rows, cost: COST * channels };
  const shares = module.shares(work);
  const bytes = 4 * channels;
  const areas = module.scratch(
    ...Array<number>(shares).fill(2 * bytes), // mean, deviations
    ...Array<number>(shares).fill(module.sizes.momentsScratchBytes(channels)),
  );
  const from = module.address(x);
  const counts: number[] = [];
  module.parallel('moments', work, (first, last, share) => {
    counts.push(last - first);
    const [own, scratch] = [areas[share], areas[shares + share]] as [number, number];
    return [from, channels, first, last, own, own + bytes, scratch];
  });
  const [means, deviations] = [new Float64Array(channels), new Float64Array(channels)];
  let before = 0;
  counts.forEach((count, share) => {
    const of = module.floats(areas[share] as number, 2 * channels);
    merge(means, deviations, before, of, count);
    before += count;
  });
  module.floats(mean, channels).set(means);
  module.floats(variance, channels).set(deviations.map((sum) => sum / rows));
}

/** Merges mean and sum of squared deviations of each channel over `before` rows with those over `count` others. */
function merge(
  means: Float64Array,
  deviations: Float64Array,
  before: number,
  others: Float32Array,
  count: number,
): void {
  const channels = means.length;
  const weight = count / (before + count);
  for (let c = 0; c < channels; c++) {
    const mean = means[c] as number;
    const delta = (others[c] as number) - mean;
    means[c] = mean + delta * weight;
    deviations[c] =
      (deviations[c] as number) +
      (others[channels + c] as number) +
      delta * delta * before * weight;
  }
}

/** FbsdNormalize: [relu](γ·(x − mean)/√(variance + ε) + β [+ residual]). */
export const normalize = fusedKernel('FbsdNormalize', (module, inputs, { epsilon, relu }) => [
  affine(module, inputs, epsilon, relu),
]);

export interface NormalizeInputs {
  x: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
  gamma?: TensorInfo | undefined;
  beta?: TensorInfo | undefined;
  residual?: TensorInfo | undefined;
}

export function affine(
  module: WasmModule,
  { x, mean, variance, gamma, beta, residual }: NormalizeInputs,
  epsilon: number,
  relu: boolean,
): TensorInfo {
  const { channels, rows } = sizes(x);
  const y = module.output(x.shape);
  const [scale, shift] = module.scratch(4 * channels, 4 * channels);
  const read = (t: TensorInfo) => module.floats(module.address(t), channels);
  const [means, variances] = [read(mean), read(variance)];
  const [scales, shifts] = [module.floats(scale, channels), module.floats(shift, channels)];
  const gammas = gamma && read(gamma);
  const betas = beta && read(beta);
  for (let c = 0; c < channels; c++) {
    const k = (gammas?.[c] ?? 1) / Math.sqrt((variances[c] as number) + epsilon);
    scales[c] = k;
    shifts[c] = (betas?.[c] ?? 0) - (means[c] as number) * k;
  }
  const [from, to] = [module.address(x), module.address(y)];
  const added = residual ? module.address(residual) : 0;
  module.parallel('normalize', { items: rows, cost: COST * channels }, (first, last) => [
    from,
    scale,
    shift,
    added,
    to,
    channels,
    Number(relu),
    first,
    last,
  ]);
  return y;
}

/** Channels of x, and values of each. */
export function sizes({ shape }: TensorInfo): { channels: number; rows: number } {
  return {
    channels: shape.at(-1) as number,
    rows: shape.slice(0, -1).reduce((product, size) => product * size, 1),
  };
}

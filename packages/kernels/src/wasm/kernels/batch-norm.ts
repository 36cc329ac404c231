import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Replacement } from '../../install.ts';
import { moduleOf } from '../module.ts';

/** Time of one value in multiply-adds: these kernels wait for memory. */
const COST = 4;

/** FbsdMoments: mean and biased variance over all axes but the last of x: two rows, [2,C]. */
export const moments: Replacement = {
  kernelName: 'FbsdMoments',
  create:
    () =>
    ({ inputs, backend }) => {
      const { x } = inputs as { x: TensorInfo };
      const module = moduleOf(backend);
      const { channels, rows } = sizes(x);
      const output = module.output([2, channels]);
      const work = { items: rows, cost: COST * channels };
      const parts = module.parts(work);
      const bytes = 4 * channels;
      // Of each part mean and deviations, and two more rows to work on.
      const [scratch] = module.scratch(parts * 4 * bytes) as [number];
      const from = module.address(x);
      const counts: number[] = [];
      module.parallel('moments', work, (first, last, part) => {
        counts.push(last - first);
        const own = scratch + part * 4 * bytes;
        return [from, channels, first, last, own, own + bytes, own + 2 * bytes];
      });
      const partial = module.floats(scratch, parts * 4 * channels);
      const result = module.floats(module.address(output), 2 * channels);
      for (let c = 0; c < channels; c++) {
        const [mean, deviations] = merge(partial, counts, channels, c);
        result[c] = mean;
        result[channels + c] = deviations / rows;
      }
      return output;
    },
};

/** Mean and sum of squared deviations of one channel over all parts. */
function merge(
  partial: Float32Array,
  counts: readonly number[],
  channels: number,
  c: number,
): [number, number] {
  let mean = 0;
  let deviations = 0;
  let n = 0;
  counts.forEach((count, part) => {
    const other = 4 * part * channels + c;
    const delta = (partial[other] as number) - mean;
    const weight = count / (n + count);
    mean += delta * weight;
    deviations += (partial[other + channels] as number) + delta * delta * n * weight;
    n += count;
  });
  return [mean, deviations];
}

/** FbsdNormalize: [relu](γ·(x − mean)/√(variance + ε) + β [+ residual]). */
export const normalize: Replacement = {
  kernelName: 'FbsdNormalize',
  create:
    () =>
    ({ inputs, attrs, backend }) => {
      const { epsilon, relu } = attrs as unknown as { epsilon: number; relu: boolean };
      return affine(inputs as unknown as NormalizeInputs, epsilon, relu, backend);
    },
};

export interface NormalizeInputs {
  x: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
  gamma?: TensorInfo | undefined;
  beta?: TensorInfo | undefined;
  residual?: TensorInfo | undefined;
}

export function affine(
  { x, mean, variance, gamma, beta, residual }: NormalizeInputs,
  epsilon: number,
  relu: boolean,
  backend: object,
): TensorInfo {
  const module = moduleOf(backend);
  const { channels, rows } = sizes(x);
  const y = module.output(x.shape);
  const [scale, shift] = module.scratch(4 * channels, 4 * channels) as [number, number];
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

/** FbsdBatchNormGradient: dx, dγ, dβ and, if there is a residual, its gradient. */
export const batchNormGradient: Replacement = {
  kernelName: 'FbsdBatchNormGradient',
  create:
    () =>
    ({ inputs, attrs, backend }) => {
      const { dy, x, mean, variance, gamma, y } = inputs as unknown as GradientInputs;
      const { epsilon, residual } = attrs as unknown as { epsilon: number; residual: boolean };
      const module = moduleOf(backend);
      const { channels, rows } = sizes(x);
      const dx = module.output(x.shape);
      const dgamma = module.output([channels]);
      const dbeta = module.output([channels]);
      const dresidual = residual ? module.output(x.shape) : undefined;
      const work = { items: rows, cost: COST * channels };
      const parts = module.parts(work);
      const bytes = 4 * channels;
      const [sums, k, b, d] = module.scratch(parts * 2 * bytes, bytes, bytes, bytes) as [
        number,
        number,
        number,
        number,
      ];
      const from = [dy, x].map((t) => module.address(t));
      const mask = y ? module.address(y) : 0;
      module.parallel('batchNormGradientSums', work, (first, last, part) => {
        const own = sums + part * 2 * bytes;
        return [...from, mask, module.address(mean), channels, first, last, own, own + bytes];
      });

      const read = (t: TensorInfo) => module.floats(module.address(t), channels);
      const partial = module.floats(sums, parts * 2 * channels);
      const [means, variances, gammas] = [read(mean), read(variance), read(gamma)];
      const [dgammas, dbetas] = [read(dgamma), read(dbeta)];
      const [ks, bs, ds] = [k, b, d].map((address) => module.floats(address, channels)) as [
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      for (let c = 0; c < channels; c++) {
        let sum = 0; // n·p of docs/derivations/batch-norm.md
        let product = 0; // n·q
        for (let at = c; at < partial.length; at += 2 * channels) {
          sum += partial[at] as number;
          product += partial[at + channels] as number;
        }
        const s = 1 / Math.sqrt((variances[c] as number) + epsilon);
        const scale = (gammas[c] as number) * s;
        const slope = (-scale * s * s * product) / rows;
        dbetas[c] = sum;
        dgammas[c] = s * product;
        ks[c] = scale;
        bs[c] = slope;
        ds[c] = (-scale * sum) / rows - slope * (means[c] as number);
      }

      const [to, added] = [module.address(dx), dresidual ? module.address(dresidual) : 0];
      module.parallel('batchNormGradient', work, (first, last) => {
        return [...from, mask, k, b, d, to, added, channels, first, last];
      });
      return dresidual ? [dx, dgamma, dbeta, dresidual] : [dx, dgamma, dbeta];
    },
};

interface GradientInputs {
  dy: TensorInfo;
  x: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
  gamma: TensorInfo;
  /** The output, if it went through a ReLU. */
  y?: TensorInfo;
}

function sizes({ shape }: TensorInfo): { channels: number; rows: number } {
  return {
    channels: shape.at(-1) as number,
    rows: shape.slice(0, -1).reduce((product, size) => product * size, 1),
  };
}

import {
  add,
  avgPool,
  cast,
  customGrad,
  equal,
  expandDims,
  type GradSaveFunc,
  matMul,
  max,
  mul,
  reshape,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import type { ResolvedOptions } from './options.ts';
import { type StripScores, scoreStripsGradient } from './strip-scores.ts';
import { Strips } from './strips.ts';

type Weights = Record<'kernel' | 'bias' | 'gamma' | 'beta', Tensor>;
type Scores = Pick<StripScores, 'probabilities' | 'normalized' | 'scale'>;
type Saved = [
  x: Tensor4D,
  gain: Tensor4D,
  kernel: Tensor,
  gamma: Tensor,
  beta: Tensor,
  probabilities: Tensor2D,
  normalized: Tensor3D,
  scale: Tensor3D,
];

/**
 * X·(1 + α·p_i) on strip i. The probabilities are computed already; how they depend on x and the
 * weights is the gradient here.
 */
export function boost(
  x: Tensor4D,
  { kernel, bias, gamma, beta }: Weights,
  { probabilities, normalized, scale }: Scores,
  strips: Strips,
  options: ResolvedOptions,
): Tensor4D {
  const op = customGrad((...args) => {
    const gain = gate(strips, add(mul(probabilities, options.alpha), 1));
    const saved: Saved = [x, gain, kernel, gamma, beta, probabilities, normalized, scale];
    (args.at(-1) as GradSaveFunc)(saved);
    return {
      value: mul(x, gain),
      gradFunc: (dy, tensors) => boostGradient(dy as Tensor4D, tensors as Saved, options),
    };
  });
  return op(x, kernel, bias, gamma, beta) as Tensor4D;
}

/** The gradients of x, kernel, bias, gamma and beta, derived in docs/derivations/fbsm.md. */
function boostGradient(
  dBoosted: Tensor4D,
  [x, gain, kernel, gamma, beta, probabilities, normalized, scale]: Saved,
  options: ResolvedOptions,
): Tensor[] {
  const { alpha, training } = options;
  return tidy(() => {
    const strips = new Strips(x, options);
    const scores = { probabilities, normalized, scale };
    const dProbabilities: Tensor2D = mul(strips.sum(channelDots(x, dBoosted)), alpha);
    const d = scoreStripsGradient(dProbabilities, scores, { gamma, beta }, strips, training);
    const dMap: Tensor4D = expandDims(d.map, 3); // [B,H,W,1]
    const row = reshape(kernel, [1, 1, 1, -1]);
    // Each in a scope of its own, so that full-size products live no longer than their sum.
    const dKernel = tidy(() => reshape(positionSum(mul(x, dMap)), kernel.shape));
    const dX = tidy(() => add(mul(dBoosted, gain), mul(dMap, row)));
    // A batch norm by the batch's own mean takes the bias away again.
    const dBias = training ? zeros([1]) : reshape(sum(dMap), [1]);
    return [dX, dKernel, dBias, d.gamma, d.beta];
  });
}

/**
 * X·s_i on strip i, s_i = 1 − β where p_i is the largest (every one of them in a tie), else 1.
 * A plain product would save x for the gradient of s, which there is not.
 */
export function suppress(
  x: Tensor4D,
  probabilities: Tensor2D,
  strips: Strips,
  beta: number,
): Tensor4D {
  const op = customGrad((...args) => {
    const largest = cast(equal(probabilities, max(probabilities, 1, true)), 'float32');
    const factor = gate(strips, sub(1, mul(largest, beta)));
    (args.at(-1) as GradSaveFunc)([factor]);
    return { value: mul(x, factor), gradFunc: (dy, [s]) => mul(dy, s as Tensor) };
  });
  return op(x) as Tensor4D;
}

/** Every strip's factor, to multiply a map [B,H,W,C] with: [B,k] → [B,H,1,1] or [B,1,W,1]. */
function gate(strips: Strips, factors: Tensor2D): Tensor4D {
  return expandDims(strips.spread(factors), 3);
}

/** Σ_c a·b: [B,H,W,C] × [B,H,W,C] → [B,H,W], without a product of full size. */
function channelDots(a: Tensor4D, b: Tensor4D): Tensor3D {
  const [batch, height, width, channels] = a.shape;
  const positions = batch * height * width;
  // [BHW,1,C] · [BHW,C,1] → [BHW,1,1]
  const dots = matMul(reshape(a, [positions, 1, channels]), reshape(b, [positions, channels, 1]));
  return reshape(dots, [batch, height, width]);
}

/**
 * Σ over batch and positions: [B,H,W,C] → [1,1,1,C].
 *
 * As a pooling over the whole map: on wasm a sum over leading dimensions transposes its input first,
 * and matMul is a scalar loop when it transposes; at [4,56,56,512] both take several times longer.
 */
function positionSum(map: Tensor4D): Tensor4D {
  const [, height, width] = map.shape;
  const means = avgPool(map, [height, width], 1, 'valid'); // [B,1,1,C]
  return mul(sum(means, 0, true), height * width);
}

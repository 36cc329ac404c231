import { ratios, spread } from './statistics.js';

/** @typedef {import('./statistics.js').Spread} Spread */
/** @typedef {import('./rounds.js').Outcome} Outcome */

/**
 * @typedef {object} Side
 * @property {string} description what it ran on
 * @property {Spread} milliseconds per step
 * @property {number} imagesPerSecond at the median
 * @property {number} peakBytes
 * @property {number} [shareOfPeak] GFLOP/s over what the CPU reaches in registers
 * @property {readonly number[]} rounds milliseconds per step of each round
 * @property {import('./profile.js').Profile} [profile]
 *
 * @typedef {object} Result
 * @property {string} case
 * @property {string} backend
 * @property {number} batch
 * @property {number} [gflop] of a step, with convolutions counted as direct ones
 * @property {Side | {error: string}} ours
 * @property {Side | {error: string}} [pytorch] absent where there is no PyTorch
 * @property {Spread} [ratio] time of ours over PyTorch's, round by round
 * @property {number} [memoryRatio] peak of ours over PyTorch's
 * @property {Side | {error: string}} [onnxruntime] of inference alone
 * @property {Spread} [onnxruntimeRatio] time of ours over ONNX Runtime's, round by round
 */

/**
 * Makes figures of what was measured.
 *
 * @param {{case: import('./cases.js').Case, backend: string, peak?: number | null}} what peak: GFLOP/s in registers
 * @param {{ours: Outcome, pytorch?: Outcome, onnxruntime?: Outcome}} outcomes
 * @returns {Result}
 */
export function resultOf({ case: { name, batch }, backend, peak }, { ours, pytorch, onnxruntime }) {
  const gflop = 'error' in ours ? undefined : ours.gflop;
  const atPeak = peak && gflop ? (1000 * gflop) / peak : null; // milliseconds
  /** @type {Result} */
  const result = {
    ...{ case: name, backend, batch },
    ...(gflop && { gflop }),
    ours: sideOf(ours, batch, atPeak),
  };
  if (pytorch) {
    result.pytorch = sideOf(pytorch, batch, atPeak);
    if (!('error' in ours || 'error' in pytorch)) {
      result.ratio = ratioOf(ours, pytorch);
      result.memoryRatio = ours.peakBytes / pytorch.peakBytes;
    }
  }
  if (onnxruntime) {
    result.onnxruntime = sideOf(onnxruntime, batch, atPeak);
    if (!('error' in ours || 'error' in onnxruntime)) {
      result.onnxruntimeRatio = ratioOf(ours, onnxruntime);
    }
  }
  return result;
}

/**
 * @param {import('./rounds.js').Measured} ours
 * @param {import('./rounds.js').Measured} theirs
 */
function ratioOf(ours, theirs) {
  return spread(ratios(ours.milliseconds, theirs.milliseconds));
}

/**
 * @param {Outcome} outcome
 * @param {number} batch
 * @param {number | null} atPeak milliseconds that the arithmetic takes at the CPU's peak
 * @returns {Side | {error: string}}
 */
function sideOf(outcome, batch, atPeak) {
  if ('error' in outcome) return outcome;
  const { milliseconds: rounds, gflop, ...rest } = outcome;
  const milliseconds = spread(rounds);
  const { median } = milliseconds;
  return {
    ...rest,
    milliseconds,
    imagesPerSecond: (1000 * batch) / median,
    ...(atPeak && { shareOfPeak: atPeak / median }),
    rounds,
  };
}

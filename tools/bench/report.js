import { ratios, spread } from './statistics.js';

/** @typedef {import('./statistics.js').Spread} Spread */

/**
 * @typedef {object} Side
 * @property {string} description what it ran on
 * @property {Spread} milliseconds per step
 * @property {number} imagesPerSecond at the median
 * @property {number} peakBytes
 * @property {readonly number[]} rounds milliseconds per step of each round
 * @property {import('./profile.js').Profile} [profile]
 *
 * @typedef {object} Result
 * @property {string} case
 * @property {string} backend
 * @property {number} batch
 * @property {Side | {error: string}} ours
 * @property {Side | {error: string}} [pytorch] absent where there is no PyTorch
 * @property {Spread} [ratio] time of ours over PyTorch's, round by round
 * @property {number} [memoryRatio] peak of ours over PyTorch's
 */

/**
 * Makes figures of what was measured.
 *
 * @param {{case: import('./cases.js').Case, backend: string}} what
 * @param {{ours: import('./rounds.js').Outcome, pytorch?: import('./rounds.js').Outcome}} outcomes
 * @returns {Result}
 */
export function resultOf({ case: { name, batch }, backend }, { ours, pytorch }) {
  /** @type {Result} */
  const result = { case: name, backend, batch, ours: sideOf(ours, batch) };
  if (!pytorch) return result;
  result.pytorch = sideOf(pytorch, batch);
  if ('error' in ours || 'error' in pytorch) return result;
  return {
    ...result,
    ratio: spread(ratios(ours.milliseconds, pytorch.milliseconds)),
    memoryRatio: ours.peakBytes / pytorch.peakBytes,
  };
}

/**
 * @param {import('./rounds.js').Outcome} outcome
 * @param {number} batch
 * @returns {Side | {error: string}}
 */
function sideOf(outcome, batch) {
  if ('error' in outcome) return outcome;
  const { milliseconds: rounds, ...rest } = outcome;
  const milliseconds = spread(rounds);
  return { ...rest, milliseconds, imagesPerSecond: (1000 * batch) / milliseconds.median, rounds };
}

/**
 * @typedef {object} Spread
 * @property {number} median
 * @property {number} min
 * @property {number} max
 */

/**
 * The middle value; the mean of the two middle ones of an even number.
 *
 * @param {readonly number[]} values at least one
 */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted.length >> 1;
  const middle = sorted.slice(sorted.length % 2 === 1 ? upper : upper - 1, upper + 1);
  return middle.reduce((a, b) => a + b) / middle.length;
}

/**
 * @param {readonly number[]} values at least one
 * @returns {Spread}
 */
export function spread(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * Ratios round by round: the two values of a round were measured right after each other, so what
 * slows the machine down for a while cancels out.
 *
 * @param {readonly number[]} ours
 * @param {readonly number[]} theirs as many
 */
export function ratios(ours, theirs) {
  return ours.map((value, round) => value / /** @type {number} */ (theirs[round]));
}

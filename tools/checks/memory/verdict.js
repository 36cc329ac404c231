/**
 * @typedef {object} Sample
 * @property {number} tensors
 * @property {number} bytes of the tensors
 * @property {number} resident bytes of the process
 */

/** Garbage that is not collected yet comes and goes. */
const TOLERANCE = 1.05;

/**
 * Whether memory stayed flat: tensors exactly, the process within 5% from the second quarter to the
 * last. (The first quarter fills caches and pools.)
 *
 * @param {readonly Sample[]} samples in the order of time, at least four
 * @returns {string | null} what grew
 */
export function verdict(samples) {
  const first = /** @type {Sample} */ (samples[0]);
  for (const { tensors, bytes } of samples) {
    if (tensors !== first.tensors || bytes !== first.bytes) {
      return `Not flat: ${first.tensors} tensors (${first.bytes} bytes) became ${tensors} (${bytes}).`;
    }
  }
  const quarter = Math.floor(samples.length / 4);
  const early = mostResident(samples.slice(quarter, 2 * quarter));
  const late = mostResident(samples.slice(-quarter));
  if (late <= TOLERANCE * early) return null;
  return `Not flat: the process grew from ${megabytes(early)} to ${megabytes(late)} MB.`;
}

/** @param {readonly Sample[]} samples */
function mostResident(samples) {
  return Math.max(...samples.map(({ resident }) => resident));
}

/** @param {number} bytes */
function megabytes(bytes) {
  return Math.round(bytes / 2 ** 20);
}

/**
 * @typedef {object} Measured
 * @property {string} description what it ran on
 * @property {number[]} milliseconds mean per step, a value per round
 * @property {number} peakBytes
 * @property {number} [gpuBytes] of the GPU's memory
 * @property {number} [gflop] of a step, with convolutions counted as direct ones
 * @property {import('./profile.js').Profile} [profile]
 *
 * @typedef {Measured | {error: string}} Outcome
 */

/**
 * Lets the contestants run in turn: first the warm-up of each, then round by round one after the
 * other. Whoever fails drops out, the others go on.
 *
 * @template {Record<string, () => import('./measured-process.js').MeasuredProcess>} Contestants
 * @param {Contestants} contestants
 * @param {number} runs
 * @returns {Promise<{[name in keyof Contestants]: Outcome}>}
 */
export async function interleavedRounds(contestants, runs) {
  const entries = Object.entries(contestants).map(([name, create]) => new Entry(name, create));
  try {
    for (const entry of entries) await entry.start();
    for (let round = 0; round < runs; round++) {
      for (const entry of entries) await entry.round();
    }
    for (const entry of entries) await entry.finish();
  } finally {
    for (const entry of entries) entry.kill();
  }
  const outcomes = entries.map((entry) => [entry.name, entry.outcome()]);
  return /** @type {{[name in keyof Contestants]: Outcome}} */ (Object.fromEntries(outcomes));
}

/** A contestant and what is known of it; after an error every further step does nothing. */
class Entry {
  #create;
  /** @type {import('./measured-process.js').MeasuredProcess | undefined} */
  #process;
  /** @type {string | undefined} */
  #error;
  #measured = /** @type {Measured} */ ({ description: '', milliseconds: [], peakBytes: 0 });

  /**
   * @param {string} name
   * @param {() => import('./measured-process.js').MeasuredProcess} create
   */
  constructor(name, create) {
    this.name = name;
    this.#create = create;
  }

  start() {
    this.#process = this.#create();
    return this.#attempt(async (child) => {
      this.#measured.description = await child.ready();
    });
  }

  round() {
    return this.#attempt(async (child) => {
      this.#measured.milliseconds.push(await child.round());
    });
  }

  finish() {
    return this.#attempt(async (child) => {
      Object.assign(this.#measured, await child.finish());
    });
  }

  kill() {
    this.#process?.kill();
  }

  /** @returns {Outcome} */
  outcome() {
    return this.#error === undefined ? this.#measured : { error: this.#error };
  }

  /** @param {(child: import('./measured-process.js').MeasuredProcess) => Promise<void>} action */
  async #attempt(action) {
    if (this.#error !== undefined || !this.#process) return;
    try {
      await action(this.#process);
    } catch (error) {
      this.#error = error instanceof Error ? error.message : String(error);
    }
  }
}

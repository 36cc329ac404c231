import { createInterface } from 'node:readline';

/**
 * The measured process's side: a line of JSON per answer on stdout, a command per line on stdin.
 *
 * After the warm-up it says what it runs on: `{"ready": …}`. `round` repeats the step for
 * `roundSeconds` and answers `{"milliseconds": mean per step}`. When stdin ends, it answers
 * `{"peakBytes": the most memory that the process ever had}`, and `profile` if there is a profiler.
 *
 * @param {object} args
 * @param {() => Promise<unknown>} args.step
 * @param {string} args.description
 * @param {number} args.roundSeconds
 * @param {number} [args.warmUpSeconds] for how long the step is repeated before
 * @param {() => import('./profile.js').KernelProfiler} [args.createProfiler] called after the warm-up
 * @param {() => object | Promise<object>} [args.report] what else to answer in the end
 */
export async function serve({
  step,
  description,
  roundSeconds,
  warmUpSeconds = roundSeconds,
  createProfiler,
  report,
}) {
  await round(step, warmUpSeconds);
  const profiler = createProfiler?.();
  answer({ ready: description });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== 'round') continue;
    const { steps, milliseconds } = await round(step, roundSeconds);
    profiler?.count(steps, milliseconds);
    answer({ milliseconds: milliseconds / steps });
  }
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  answer({ peakBytes, ...(await report?.()), ...(profiler && { profile: profiler.result() }) });
}

/**
 * @param {() => Promise<unknown>} step
 * @param {number} seconds
 */
async function round(step, seconds) {
  const begin = performance.now();
  for (let steps = 1; ; steps++) {
    await step();
    const milliseconds = performance.now() - begin;
    if (milliseconds >= 1000 * seconds) return { steps, milliseconds };
  }
}

/** @param {object} values */
function answer(values) {
  process.stdout.write(`${JSON.stringify(values)}\n`);
}

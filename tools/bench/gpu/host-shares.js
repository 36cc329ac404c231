import { Session } from 'node:inspector/promises';

const STEPS = 30;

/**
 * @typedef {object} HostShares of the time of a step
 * @property {number} dawn in functions of the addon
 * @property {number} garbage collecting it
 * @property {number} javaScript
 */

/**
 * Where a step spends its time, by samples of the call stack.
 *
 * @param {() => Promise<unknown>} step
 * @returns {Promise<HostShares | null>} null if the profiler did not see the addon, as now and then happens
 */
export async function hostShares(step) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  for (let i = 0; i < STEPS; i++) await step();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  const shares = { dawn: 0, garbage: 0, javaScript: 0 };
  const all = profile.nodes.reduce((sum, { hitCount = 0 }) => sum + hitCount, 0);
  for (const { callFrame, hitCount = 0 } of profile.nodes) {
    shares[kindOf(callFrame)] += hitCount / all;
  }
  return shares.dawn > 0 ? shares : null;
}

/** @param {import('node:inspector').Runtime.CallFrame} frame */
function kindOf({ functionName, url }) {
  if (functionName === '(garbage collector)') return 'garbage';
  return url === '' && functionName === '' ? 'dawn' : 'javaScript'; // an addon's functions have no name
}

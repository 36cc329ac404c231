import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { casesNamed } from '../cases.js';
import { busyWarning, machineDescription } from '../machine.js';
import { MeasuredProcess } from '../measured-process.js';
import { interleavedRounds } from '../rounds.js';
import { ratios, spread } from '../statistics.js';
import { callTable, hostHeader, hostLine } from './host-table.js';

const ROUND_SECONDS = 3;
const CASES = ['train-resnet50-448', 'train-mini-96'];
const STEP = fileURLToPath(new URL('./host-step.js', import.meta.url));

/**
 * @typedef {object} HostSide
 * @property {import('../statistics.js').Spread} milliseconds per step
 * @property {number} gpuBytes the most that its tensors would take
 * @property {import('./calls.js').Calls} calls
 * @property {import('./host-shares.js').HostShares | null} shares
 *
 * @typedef {object} HostResult
 * @property {string} case
 * @property {number} batch
 * @property {HostSide | {error: string}} ours
 * @property {HostSide | {error: string}} stock tfjs's own kernels
 * @property {import('../statistics.js').Spread} [ratio] time of ours over it
 */

/**
 * Measures what the host does for a training step, without a GPU.
 *
 * @param {import('./flags.js').GPUFlags} flags
 * @returns {Promise<number>} the exit code: 1 if ours failed somewhere
 */
export async function measureHost({ runs, out }) {
  const warning = busyWarning();
  if (warning) console.log(warning);
  console.log(machineDescription());
  console.log(
    `FBSD, one training step on an adapter that computes nothing: the host's time; rounds: ${runs}\n`,
  );
  console.log(hostHeader());
  /** @type {HostResult[]} */
  const results = [];
  for (const measured of casesNamed(CASES)) {
    const result = await measureCase(measured, runs);
    results.push(result);
    console.log(hostLine(result));
  }
  for (const result of results) console.log(`\n${callTable(result)}`);
  if (out) {
    mkdirSync(out, { recursive: true });
    const file = join(out, 'webgpu-host.json');
    const figures = { machine: machineDescription(), runs, results };
    writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
    console.log(`\nFigures: ${file}`);
  }
  return results.some(({ ours }) => 'error' in ours) ? 1 : 0;
}

/**
 * @param {import('../cases.js').Case} measured
 * @param {number} runs
 * @returns {Promise<HostResult>}
 */
async function measureCase(measured, runs) {
  const side = (/** @type {boolean} */ stock) => () => {
    const settings = JSON.stringify({
      case: measured,
      stock,
      steps: 0,
      roundSeconds: ROUND_SECONDS,
    });
    return new MeasuredProcess(process.execPath, [STEP, settings]);
  };
  const { ours, stock } = await interleavedRounds({ ours: side(false), stock: side(true) }, runs);
  return {
    ...{ case: measured.name, batch: measured.batch },
    ...{ ours: sideOf(ours), stock: sideOf(stock) },
    ...(!('error' in ours || 'error' in stock) && {
      ratio: spread(ratios(ours.milliseconds, stock.milliseconds)),
    }),
  };
}

/**
 * @param {import('../rounds.js').Outcome} outcome
 * @returns {HostSide | {error: string}}
 */
function sideOf(outcome) {
  if ('error' in outcome) return outcome;
  const { gpuBytes, calls, shares } = /** @type {import('../rounds.js').Measured & HostSide} */ (
    /** @type {unknown} */ (outcome)
  );
  return { milliseconds: spread(outcome.milliseconds), gpuBytes, calls, shares };
}

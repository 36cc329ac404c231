// What `npm run bench -- --backend webgpu` runs. See README.md.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { machineDescription } from '../machine.js';
import { MeasuredProcess } from '../measured-process.js';
import { findPyTorch, pytorchArguments } from '../pytorch.js';
import { interleavedRounds } from '../rounds.js';
import { ratios, spread } from '../statistics.js';
import { GPU_HELP, parseGPUFlags } from './flags.js';
import { measureHost } from './host.js';
import { kernelTable, stepHeader, stepLine } from './table.js';

const ROUND_SECONDS = 0.5;
/** The contestants besides our precisions. */
const [STOCK, PYTORCH] = ['stock', 'pytorch'];
const program = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * @typedef {object} Side
 * @property {import('../statistics.js').Spread} milliseconds per step
 * @property {number} [gpuBytes] the most that its tensors took on the GPU
 * @property {string} description
 *
 * @typedef {object} StepResult one batch in one precision of ours
 * @property {number} batch
 * @property {import('./flags.js').GPUPrecision} precision
 * @property {Side | {error: string}} ours
 * @property {Side | {error: string}} stock tfjs's own kernels
 * @property {Side | {error: string}} [pytorch]
 * @property {import('../statistics.js').Spread} [overStock] time of ours over it
 * @property {import('../statistics.js').Spread} [overPyTorch]
 */

/**
 * @param {string[]} args
 * @returns {Promise<number>} the exit code: 1 if ours failed somewhere
 */
export async function measureGPU(args) {
  const flags = parseGPUFlags(args);
  if (flags.help) {
    process.stdout.write(GPU_HELP);
    return 0;
  }
  if (flags.host) return measureHost(flags);
  const pytorch = findPyTorch(flags.python, 'cuda');
  const python = 'python' in pytorch ? pytorch.python : null;
  console.log(machineDescription());
  if ('missing' in pytorch) console.log(pytorch.missing);
  else console.log(`PyTorch ${pytorch.version} on CUDA, float32 without TF32`);
  console.log(
    `FBSD, ${flags.arch}, ${flags.imageSize}², one training step; rounds: ${flags.runs}\n`,
  );
  console.log(stepHeader());
  /** @type {StepResult[]} */
  const steps = [];
  /** @type {import('./profile.js').GPUProfile[]} */
  const profiles = [];
  // After each, so that nothing is lost when time or the machine is gone.
  const keep = () => write({ ...about(flags, pytorch), steps, profiles }, flags.out);
  for (const batch of flags.batches) {
    for (const step of await measureSteps(batch, flags, python)) {
      steps.push(step);
      console.log(stepLine(step));
    }
    keep();
  }
  for (const contestant of [...flags.precisions, STOCK]) {
    try {
      const profile = await profileOf(/** @type {number} */ (flags.batches[0]), contestant, flags);
      profiles.push(profile);
      console.log(`\n${kernelTable(profile)}`);
    } catch (error) {
      console.log(`\nno profile of ${contestant}: ${/** @type {Error} */ (error).message}`);
    }
    keep();
  }
  return steps.some(({ ours }) => 'error' in ours) ? 1 : 0;
}

/**
 * @param {import('./flags.js').GPUFlags} flags
 * @param {ReturnType<typeof findPyTorch>} pytorch
 */
function about({ arch, imageSize, runs }, pytorch) {
  const version = 'version' in pytorch ? pytorch.version : null;
  return { machine: machineDescription(), pytorch: version, arch, imageSize, runs };
}

/**
 * @param {object} figures
 * @param {string | null} folder none: nothing is written
 */
function write(figures, folder) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'webgpu.json'), `${JSON.stringify(figures, null, 2)}\n`);
}

/**
 * @param {number} batch
 * @param {import('./flags.js').GPUFlags} flags
 */
function caseOf(batch, { arch, imageSize }) {
  const classes = arch === 'mini' ? 10 : 200;
  return {
    name: `train-${arch}-${imageSize}`,
    kind: 'train',
    arch,
    classes,
    size: imageSize,
    batch,
  };
}

/**
 * @param {number} batch
 * @param {import('./flags.js').GPUFlags} flags
 * @param {string | null} python
 * @returns {Promise<StepResult[]>} one for each precision
 */
async function measureSteps(batch, flags, python) {
  const measured = caseOf(batch, flags);
  /** @type {Record<string, () => MeasuredProcess>} */
  const contestants = {};
  for (const name of [...flags.precisions, STOCK]) {
    const settings = { ...settingsOf(measured, name, flags), roundSeconds: ROUND_SECONDS };
    contestants[name] = () =>
      new MeasuredProcess(process.execPath, [program('./ours.js'), JSON.stringify(settings)]);
  }
  if (python) {
    contestants[PYTORCH] = () =>
      new MeasuredProcess(
        python,
        pytorchArguments(
          ...['--serve', JSON.stringify(measured), '--device', 'cuda'],
          ...['--round-seconds', String(ROUND_SECONDS)],
        ),
      );
  }
  const outcomes = await interleavedRounds(contestants, flags.runs);
  const outcomeOf = (/** @type {string} */ name) =>
    /** @type {import('../rounds.js').Outcome} */ (outcomes[name]);
  return flags.precisions.map((precision) => {
    const ours = outcomeOf(precision);
    const over = (/** @type {import('../rounds.js').Outcome | undefined} */ other) =>
      other && !('error' in other) && !('error' in ours)
        ? spread(ratios(ours.milliseconds, other.milliseconds))
        : undefined;
    const [stock, pytorch] = [outcomeOf(STOCK), outcomes[PYTORCH]];
    const [overStock, overPyTorch] = [over(stock), over(pytorch)];
    return {
      ...{ batch, precision, ours: sideOf(ours), stock: sideOf(stock) },
      ...(pytorch && { pytorch: sideOf(pytorch) }),
      ...(overStock && { overStock }),
      ...(overPyTorch && { overPyTorch }),
    };
  });
}

/**
 * What a measured process is told.
 *
 * @param {ReturnType<typeof caseOf>} measured
 * @param {string} contestant a precision of ours, or STOCK
 * @param {import('./flags.js').GPUFlags} flags
 */
function settingsOf(measured, contestant, { allowSoftware }) {
  const stock = contestant === STOCK;
  return { case: measured, stock, precision: stock ? 'float32' : contestant, allowSoftware };
}

/**
 * @param {import('../rounds.js').Outcome} outcome
 * @returns {Side | {error: string}}
 */
function sideOf(outcome) {
  if ('error' in outcome) return outcome;
  const { milliseconds, description, gpuBytes } = outcome;
  return { description, milliseconds: spread(milliseconds), ...(gpuBytes && { gpuBytes }) };
}

/**
 * @param {number} batch
 * @param {string} contestant a precision of ours, or STOCK
 * @param {import('./flags.js').GPUFlags} flags
 * @returns {Promise<import('./profile.js').GPUProfile>}
 */
async function profileOf(batch, contestant, flags) {
  const settings = { ...settingsOf(caseOf(batch, flags), contestant, flags), peak: flags.peak };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program('./profile.js'), JSON.stringify(settings)],
    { maxBuffer: 2 ** 26 },
  );
  const line = stdout.split('\n').find((text) => text.startsWith('{'));
  return JSON.parse(/** @type {string} */ (line));
}

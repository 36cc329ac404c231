// What `npm run bench` runs: every case on every backend, in turn with PyTorch. See README.md.
import { fileURLToPath } from 'node:url';
import { HELP, isForGPU, parseFlags } from './flags.js';
import { measureGPU } from './gpu/main.js';
import {
  AVX2_ENVIRONMENT,
  busyWarning,
  ENVIRONMENT,
  installedBackends,
  machineDescription,
  peakGflops,
  THREADS,
} from './machine.js';
import { MeasuredProcess } from './measured-process.js';
import { findPyTorch, pytorchArguments } from './pytorch.js';
import { resultOf } from './report.js';
import { interleavedRounds } from './rounds.js';
import { header, line, profileTable } from './table.js';

/** A round repeats quick steps for that long. */
const ROUND_SECONDS = 0.25;
/** Until JavaScript is compiled: after so long a training goes on as fast as it will. */
const WARM_UP_SECONDS = 5;
const SECONDS = { roundSeconds: ROUND_SECONDS, warmUpSeconds: WARM_UP_SECONDS };
const OURS = fileURLToPath(new URL('./ours.js', import.meta.url));
const ONNX_RUNTIME = fileURLToPath(new URL('./onnxruntime.js', import.meta.url));

try {
  const args = process.argv.slice(2);
  process.exitCode = isForGPU(args) ? await measureGPU(args) : await main(parseFlags(args));
} catch (error) {
  console.error(error instanceof Error ? `[bench] ${error.message}` : error);
  process.exitCode = 2;
}

/**
 * @param {import('./flags.js').Flags} flags
 * @returns {Promise<number>} the exit code: 1 if something failed
 */
async function main(flags) {
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const backends = flags.backends ?? installedBackends();
  const pytorch = flags.profile ? null : findPyTorch(flags.python);
  const python = pytorch && 'python' in pytorch ? pytorch.python : null;
  if (flags.check) {
    if (!python)
      throw new Error(
        `--check needs PyTorch: ${pytorch && 'missing' in pytorch && pytorch.missing}`,
      );
    const { check } = await import('./check.js');
    return (await check(python, backends)) ? 0 : 1;
  }

  const say = flags.json ? console.error : console.log;
  const warning = busyWarning();
  if (warning) say(warning);
  if (pytorch && 'missing' in pytorch) say(pytorch.missing);
  const version = pytorch && 'version' in pytorch ? pytorch.version : null;
  const versions = version ? `; PyTorch ${version}, ${flags.pytorch}` : '';
  say(
    `${machineDescription()}${versions}; ${THREADS} threads, ${flags.precision}${flags.avx2 ? ', AVX2' : ''}, rounds: ${flags.runs}\n`,
  );
  const peak = flags.profile ? null : peakGflops(flags.precision, flags.avx2 ? 'AVX2' : undefined);
  if (peak) say(`at most ${peak.toFixed(0)} GFLOP/s in registers\n`);
  if (!flags.profile) say(header());
  /** @type {import('./report.js').Result[]} */
  const results = [];
  for (const measured of flags.cases) {
    for (const backend of backends) {
      const contestants = {
        ours: () => ours(measured, backend, flags),
        ...(python && { pytorch: () => theirs(measured, python, flags) }),
        ...(isForOnnx(measured, flags) && { onnxruntime: () => onnxRuntime(measured) }),
      };
      const outcomes = await interleavedRounds(contestants, flags.runs);
      const result = resultOf({ case: measured, backend, peak }, outcomes);
      results.push(result);
      say(flags.profile ? `${profileTable(result)}\n` : line(result));
    }
  }
  if (flags.json) {
    const { precision, avx2, pytorch: pytorchMode, runs } = flags;
    const about = {
      machine: machineDescription(),
      peakGflops: peak,
      pytorch: version,
      pytorchMode,
      threads: THREADS,
      precision,
      avx2,
      runs,
    };
    console.log(JSON.stringify({ ...about, results }, null, 2));
  }
  const failed = results.some(({ ours, pytorch, onnxruntime }) =>
    [ours, pytorch, onnxruntime].some((side) => side && 'error' in side),
  );
  return failed ? 1 : 0;
}

/**
 * Whether ONNX Runtime, which only infers, is measured as well.
 *
 * @param {import('./cases.js').Case} measured
 * @param {import('./flags.js').Flags} flags
 */
function isForOnnx({ kind }, { precision, avx2, profile }) {
  return kind === 'infer' && precision === 'float32' && !avx2 && !profile; // it takes what the CPU has
}

/**
 * @param {import('./cases.js').Case} measured
 * @param {import('./flags.js').BackendName} backend
 * @param {import('./flags.js').Flags} flags
 */
function ours(measured, backend, { precision, avx2, profile }) {
  const settings = { case: measured, backend, precision, avx2, ...SECONDS, profile };
  return new MeasuredProcess(process.execPath, [OURS, JSON.stringify(settings)], ENVIRONMENT);
}

/**
 * @param {import('./cases.js').Case} measured
 * @param {string} python
 * @param {import('./flags.js').Flags} flags
 */
function theirs(measured, python, { precision, avx2, pytorch }) {
  const args = pytorchArguments(
    ...['--serve', JSON.stringify(measured)],
    ...['--threads', String(THREADS), '--precision', precision, '--mode', pytorch],
    ...['--round-seconds', String(ROUND_SECONDS), '--warm-up-seconds', String(WARM_UP_SECONDS)],
  );
  return new MeasuredProcess(python, args, { ...ENVIRONMENT, ...(avx2 && AVX2_ENVIRONMENT) });
}

/** @param {import('./cases.js').Case} measured */
function onnxRuntime(measured) {
  const settings = { case: measured, threads: THREADS, ...SECONDS };
  return new MeasuredProcess(process.execPath, [ONNX_RUNTIME, JSON.stringify(settings)]);
}

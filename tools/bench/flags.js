import { parseArgs } from 'node:util';
import { CASES, casesNamed } from './cases.js';

const PRECISIONS = /** @type {const} */ (['float32', 'bf16']);
const PYTORCH_MODES = /** @type {const} */ (['eager', 'channels-last', 'compile']);
const BACKENDS = /** @type {const} */ (['native', 'node', 'wasm']);

/** @typedef {(typeof BACKENDS)[number]} BackendName */

/**
 * @typedef {object} Flags
 * @property {readonly BackendName[] | null} backends null: those that are there
 * @property {readonly import('./cases.js').Case[]} cases
 * @property {(typeof PRECISIONS)[number]} precision
 * @property {boolean} avx2 whether both sides leave AVX-512 alone
 * @property {(typeof PYTORCH_MODES)[number]} pytorch how PyTorch runs networks
 * @property {number} runs measured rounds per case
 * @property {boolean} json
 * @property {string | null} python null: python3 of the PATH, if it has PyTorch
 * @property {boolean} profile
 * @property {boolean} check
 * @property {boolean} help
 */

const DEFAULTS = { runs: 7 };

export const HELP = `Measures FBSD here against the same in PyTorch, in turn on this machine.

Usage: npm run bench -- [flags]

  --backend LIST  ${BACKENDS.join(', ')} or several with commas (default: those that are installed)
  --case LIST     names or parts of names, with commas (default: all)
  --precision P   ${PRECISIONS.join(' or ')}, both sides; bf16 for native and node (default: float32)
  --avx2          both sides with AVX2 alone, as on a CPU without AVX-512: native and wasm in float32
  --pytorch MODE  ${PYTORCH_MODES.join(', ')}: how PyTorch runs networks (default: eager)
  --runs N        measured rounds of each case (default: ${DEFAULTS.runs})
  --json          prints the results as JSON; the table goes to stderr
  --python PATH   a Python that has PyTorch (default: python3 of the PATH)
  --profile       milliseconds per kernel of ours instead of the comparison
  --check         no measurement: holds the PyTorch side to the goldens, and ours to it
  --help          this text

On a GPU without CUDA: npm run bench -- --backend webgpu, which has flags of its own (see its --help).

Cases: ${CASES.map(({ name }) => name).join(', ')}
`;

/**
 * Whether the measurement on a GPU is asked for, which has flags of its own.
 *
 * @param {readonly string[]} args
 */
export function isForGPU(args) {
  return args.some(
    (arg, i) => arg === '--backend=webgpu' || (arg === '--backend' && args[i + 1] === 'webgpu'),
  );
}

/**
 * @param {string[]} args
 * @returns {Flags}
 * @throws {TypeError} for an unknown flag; {RangeError} for a value that cannot be
 */
export function parseFlags(args) {
  const { values } = parseArgs({
    args,
    options: {
      backend: { type: 'string' },
      case: { type: 'string' },
      precision: { type: 'string', default: 'float32' },
      avx2: { type: 'boolean', default: false },
      pytorch: { type: 'string', default: 'eager' },
      runs: { type: 'string' },
      json: { type: 'boolean', default: false },
      python: { type: 'string' },
      profile: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { backend, case: names, precision, pytorch, runs, python, ...switches } = values;
  const chosen = PRECISIONS.find((name) => name === precision);
  if (!chosen) {
    throw new RangeError(`--precision must be ${PRECISIONS.join(' or ')}; got '${precision}'.`);
  }
  const mode = PYTORCH_MODES.find((name) => name === pytorch);
  if (!mode) {
    throw new RangeError(`--pytorch must be of ${PYTORCH_MODES.join(', ')}; got '${pytorch}'.`);
  }
  const backends = backend === undefined ? null : backendsNamed(list(backend));
  if (chosen === 'bf16' && (!backends || backends.includes('wasm'))) {
    throw new RangeError('--precision bf16 is for --backend native or node; name them.');
  }
  if (switches.avx2 && (chosen === 'bf16' || !backends || backends.includes('node'))) {
    throw new RangeError('--avx2 is for --backend native or wasm in float32; name them.');
  }
  return {
    ...switches,
    backends,
    precision: chosen,
    pytorch: mode,
    cases: casesNamed(list(names ?? '')),
    runs: runs === undefined ? DEFAULTS.runs : positiveInteger('--runs', runs),
    python: python ?? null,
  };
}

/** @param {string} text */
function list(text) {
  return text.split(',').filter((part) => part !== '');
}

/**
 * @param {string[]} names
 * @returns {BackendName[]}
 */
function backendsNamed(names) {
  const chosen = BACKENDS.filter((name) => names.includes(name));
  if (chosen.length === 0 || chosen.length < new Set(names).size) {
    throw new RangeError(
      `--backend must be of ${BACKENDS.join(', ')}, several with commas; got '${names.join(',')}'.`,
    );
  }
  return chosen;
}

/**
 * @param {string} flag
 * @param {string} text
 */
function positiveInteger(flag, text) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`${flag} must be a whole number from 1; got '${text}'.`);
  }
  return value;
}

import { parseArgs } from 'node:util';

const PRECISIONS = /** @type {const} */ (['float32', 'float16x3', 'float16']);

/**
 * @typedef {(typeof PRECISIONS)[number]} GPUPrecision
 *
 * @typedef {object} GPUFlags
 * @property {readonly number[]} batches
 * @property {readonly GPUPrecision[]} precisions with what our kernels multiply, each measured
 * @property {'resnet50' | 'mini'} arch
 * @property {number} imageSize
 * @property {number} runs measured rounds of each batch
 * @property {string | null} out folder for the figures as JSON
 * @property {string | null} python
 * @property {number | null} peak float32 TFLOP/s of the GPU; null: measured
 * @property {boolean} allowSoftware
 * @property {boolean} host what the host does, on an adapter that computes nothing
 * @property {boolean} help
 */

const DEFAULTS = { batches: '2,4,8,12,16,20', size: '448', runs: '5', precision: 'float32' };

export const GPU_HELP = `Measures FBSD's training step on WebGPU: our kernels, tfjs's own, PyTorch on CUDA, in turn.

Usage: npm run bench -- --backend webgpu [flags]

  --batches LIST    images per step, with commas, each at least 2 (default: ${DEFAULTS.batches})
  --precision LIST  of ours: ${PRECISIONS.join(', ')} (default: ${DEFAULTS.precision})
  --image-size N    pixels (default: ${DEFAULTS.size})
  --arch NAME       resnet50 or mini (default: resnet50)
  --runs N          measured rounds of each batch (default: ${DEFAULTS.runs})
  --out DIR         writes the figures to DIR/webgpu.json
  --python PATH     a Python whose PyTorch has CUDA (default: python3 of the PATH)
  --peak TFLOPS     float32 peak of the GPU, of which a share is given (default: measured)
  --allow-software  takes a driver that computes on the CPU, to try the program; its figures mean nothing
  --host            measures what the host does for a step instead, without a GPU; goes with --runs and --out
  --help            this text
`;

/**
 * @param {string[]} args
 * @returns {GPUFlags}
 * @throws {TypeError} for an unknown flag; {RangeError} for a value that cannot be
 */
export function parseGPUFlags(args) {
  const { values } = parseArgs({
    args,
    options: {
      backend: { type: 'string' },
      batches: { type: 'string', default: DEFAULTS.batches },
      precision: { type: 'string', default: DEFAULTS.precision },
      'image-size': { type: 'string', default: DEFAULTS.size },
      arch: { type: 'string', default: 'resnet50' },
      runs: { type: 'string', default: DEFAULTS.runs },
      out: { type: 'string' },
      python: { type: 'string' },
      peak: { type: 'string' },
      'allow-software': { type: 'boolean', default: false },
      host: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { arch } = values;
  if (arch !== 'resnet50' && arch !== 'mini') {
    throw new RangeError(`--arch must be resnet50 or mini; got '${arch}'.`);
  }
  const peak = values.peak === undefined ? null : Number(values.peak);
  if (peak !== null && !(peak > 0)) {
    throw new RangeError(`--peak must be a number above 0; got '${values.peak}'.`);
  }
  return {
    // Batch norm needs two images.
    batches: values.batches.split(',').map((batch) => wholeNumber('--batches', batch, 2)),
    precisions: values.precision.split(',').map(precisionOf),
    arch,
    imageSize: wholeNumber('--image-size', values['image-size'], 1),
    runs: wholeNumber('--runs', values.runs, 1),
    out: values.out ?? null,
    python: values.python ?? null,
    peak,
    allowSoftware: values['allow-software'],
    host: values.host,
    help: values.help,
  };
}

/**
 * @param {string} name
 * @returns {GPUPrecision}
 */
function precisionOf(name) {
  const precision = PRECISIONS.find((known) => known === name);
  if (precision) return precision;
  throw new RangeError(`--precision must be of ${PRECISIONS.join(', ')}; got '${name}'.`);
}

/**
 * @param {string} flag
 * @param {string} text
 * @param {number} least
 */
function wholeNumber(flag, text, least) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`${flag} must be whole numbers from ${least}; got '${text}'.`);
  }
  return value;
}

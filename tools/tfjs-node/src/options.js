import { parseArgs } from 'node:util';

export const USAGE = `Builds the native addon of tfjs-node against a TensorFlow that is on this machine.

  npm run setup:tensorflow -- --python PATH        the TensorFlow of a Python environment
  npm run setup:tensorflow -- --libtensorflow DIR  an unpacked libtensorflow, or an unpacked wheel

  --gpu    builds @tensorflow/tfjs-node-gpu instead of @tensorflow/tfjs-node
  --help   this text`;

/**
 * @typedef {object} Options
 * @property {string} [python] a Python interpreter
 * @property {string} [libtensorflow] a folder
 * @property {boolean} gpu
 * @property {boolean} help
 * @property {string} package the npm package whose addon is built
 */

/**
 * @param {string[]} args
 * @returns {Options}
 * @throws {TypeError} for what it does not know, and unless it gets exactly one TensorFlow
 */
export function parseOptions(args) {
  const { python, libtensorflow, gpu, help } = parse(args);
  if (!help && (python === undefined) === (libtensorflow === undefined)) {
    throw new TypeError(
      `expected --python or --libtensorflow; got ${python === undefined ? 'neither' : 'both'}.\n\n${USAGE}`,
    );
  }
  return {
    ...(python !== undefined && { python }),
    ...(libtensorflow !== undefined && { libtensorflow }),
    gpu,
    help,
    package: gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node',
  };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        python: { type: 'string' },
        libtensorflow: { type: 'string' },
        gpu: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new TypeError(`${/** @type {Error} */ (error).message}\n\n${USAGE}`);
  }
}

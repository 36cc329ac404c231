import type { LayersModel } from '@tensorflow/tfjs-layers';
import { UserError } from '../user-error.ts';

/** Names of errors that are nobody's own. Those of full memories and lost devices have names and say what to do. */
const PLAIN = ['Error', 'TypeError', 'RangeError'];

/**
 * Runs a model. A graph that can be built may still be one that cannot be run, if it comes from a damaged file: a convolution
 * with strides and dilations, for example.
 *
 * @throws UserError for what a layer or an op refuses
 */
export function runModel<T>(model: LayersModel, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    const { name, message } = cause as Error;
    if (!PLAIN.includes(name)) throw cause;
    throw new UserError(
      `[@fbsd/trainer] the model '${model.name}' cannot be run: ${message}. If it comes from a file, that is damaged: restore it from a copy.`,
      { cause },
    );
  }
}

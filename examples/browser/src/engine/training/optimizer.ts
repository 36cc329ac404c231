import {
  ADAMW_DEFAULTS,
  AdamW,
  type AdamWArgs,
  SGD,
  SGD_DEFAULTS,
  type SGDArgs,
  type StepMemoryOptions,
  type TrainOptimizer,
} from '@fbsd/trainer';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { KeptSettings } from '../storage/run-settings.ts';
import { forUser } from './for-user.ts';

/** The optimizer that the settings of a run ask for. @throws UserError for numbers that no step can be made with */
export function newOptimizer(model: LayersModel, settings: KeptSettings): TrainOptimizer {
  try {
    return settings.optimizer === 'adamw'
      ? new AdamW(model, argsOf<AdamWArgs>(settings, ADAMW_DEFAULTS))
      : new SGD(model, argsOf<SGDArgs>(settings, SGD_DEFAULTS));
  } catch (cause) {
    throw forUser(cause, RangeError);
  }
}

/** What a training by these settings keeps of the weights. */
export function keptOf({ optimizer, emaDecay = 0 }: KeptSettings): StepMemoryOptions {
  return { average: emaDecay > 0, optimizerStates: optimizer === 'adamw' ? 2 : 1 };
}

/** Those of the settings that an optimizer has; runs of this page lack some, which then are as usual. */
function argsOf<Args>(settings: KeptSettings, defaults: Readonly<Required<Args>>): Args {
  const own = Object.entries(settings).filter(([name]) => name in (defaults as object));
  return Object.fromEntries(own) as Args;
}

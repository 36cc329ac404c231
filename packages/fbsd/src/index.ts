// So that the layers of a saved model are registered even where a bundler drops all exports.
import '@fbsd/backbones';
import '@fbsd/fbsm';
import '@fbsd/fdm';
import '@fbsd/topk-pool';

export { ARCHITECTURES, type Architecture, type ArchitectureName } from './architectures.ts';
export { type AttachFBSDArgs, attachFBSD } from './attach-fbsd.ts';
export { combinedAccuracy } from './combined-accuracy.ts';
export { crossEntropies } from './cross-entropy.ts';
export { FBSD_DEFAULTS, type FBSDArgs, fbsd, type InitialWeightsByPart } from './fbsd.ts';
export { headNames } from './head.ts';
export {
  countCorrect,
  headLosses,
  LOSS_WEIGHTS,
  predictedClasses,
  totalLoss,
} from './loss.ts';
export { markNewLayers, newWeightNames } from './new-layers.ts';

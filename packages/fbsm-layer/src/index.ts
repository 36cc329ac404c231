import { serialization } from '@tensorflow/tfjs-core';
import { FBSM } from './fbsm.ts';

export { FBSM, type FBSMArgs, fbsm } from './fbsm.ts';
export {
  type FeatureBoostSuppressResult,
  type FeatureBoostSuppressWeights,
  featureBoostSuppress,
} from './feature-boost-suppress.ts';
export type { Initializer, InitializerConfig } from './initializer.ts';
export { type InsertOptions, insertFBSM, type Tap } from './insert-fbsm.ts';
export type { FeatureBoostSuppressOptions } from './options.ts';
export type { StripAxis } from './strips.ts';

// Here, not beside the class: this is the file that package.json lists under sideEffects, so
// bundlers keep it even where the layer is only loaded from a saved model.
serialization.registerClass(FBSM);

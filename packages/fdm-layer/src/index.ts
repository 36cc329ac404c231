import { serialization } from '@tensorflow/tfjs-core';
import { FDM, type FDMArgs, fdm } from './fdm.ts';

// Here, in the one file that bundlers keep for its side effects.
serialization.registerClass(FDM);

export { diversify } from './diversify.ts';
export type { FDMOptions } from './options.ts';
export { FDM, type FDMArgs, fdm };

import { serialization } from '@tensorflow/tfjs-core';
import { FDM } from './fdm.ts';

export { diversify } from './diversify.ts';
export { FDM, type FDMArgs, fdm } from './fdm.ts';
export type { FDMOptions } from './options.ts';

// Here and not beside the class: bundlers keep this file for its side effects.
serialization.registerClass(FDM);

import { serialization } from '@tensorflow/tfjs-core';
import { TopKPool } from './topk-pool.ts';

export { type TopKMeanOptions, topKMean } from './topk-mean.ts';
export { TopKPool, type TopKPoolArgs, topKPool } from './topk-pool.ts';

// Here and not beside the class: bundlers keep this file for its side effects.
serialization.registerClass(TopKPool);

import { serialization } from '@tensorflow/tfjs-core';
import { TopKPool, type TopKPoolArgs, topKPool } from './topk-pool.ts';

// Here, in the one file that bundlers keep for its side effects.
serialization.registerClass(TopKPool);

export { type TopKMeanOptions, topKMean } from './topk-mean.ts';
export { TopKPool, type TopKPoolArgs, topKPool };

export { type TopKMeanOptions, topKMean } from './topk-mean.ts';
export { TopKPool, type TopKPoolArgs, topKPool } from './topk-pool.ts';

/*
 * The WebAssembly module. It lives in the memory of tfjs's wasm backend: every pointer is a place on
 * that heap, also the scratch memory that some functions need, and there are no static data.
 *
 * Everything is float32 and channels-last. A range [first, last) lets threads share the work.
 */
export {
  batchNormGradient,
  batchNormGradientSums,
  normalize,
} from './batch-norm';
export { columnSums } from './column-sums';
export { copyParts } from './concat';
export { convolve, packFilter, packFlippedFilter } from './convolution';
export { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise';
export {
  columnProducts,
  directionGradient,
  inverseNorms,
  similarity,
  similarityGradient,
  softmaxes,
} from './diversify';
export { clipGradient, gather, reluGradient, segmentSum, sgd, slice } from './elementwise';
export { exponential } from './exponential';
export { filterGradient } from './filter-gradient';
export { multiply } from './matrix-product';
export { maxPoolGradient } from './max-pool';
export { moments } from './moments';
export { topKMean, topKMeanGradient } from './top-k';
export { convolveFewTiles, convolveTiles, transformWholeFilter } from './winograd-convolution';
export { filterGradientOfTiles } from './winograd-filter-gradient';

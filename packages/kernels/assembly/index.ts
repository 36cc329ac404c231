/*
 * The WebAssembly module. It lives in the memory of tfjs's wasm backend: every pointer is a place on
 * that heap, also the scratch memory that some functions need, and there are no static data.
 *
 * Everything is float32 and channels-last. A range [first, last) lets threads share the work.
 *
 * The callers must agree with it on sizes: these it exports as well, as constants and as functions …Bytes.
 */
export {
  batchNormGradient,
  batchNormGradientSums,
  normalize,
} from './batch-norm';
export { columnSums, columnSumsScratchBytes } from './column-sums';
export { copyPieces } from './concat';
export { convolve, convolveScratchBytes, packFilter, packFlippedFilter } from './convolution';
export { depthwiseBytes, depthwiseFilterGradient, depthwiseInputGradient } from './depthwise';
export {
  columnProducts,
  directionGradient,
  inverseNorms,
  STRIP,
  similarity,
  similarityGradient,
  softmaxes,
} from './diversify';
export {
  addValues,
  clipGradient,
  gather,
  pad,
  reluGradient,
  segmentSum,
  sgd,
  slice,
} from './elementwise';
export { exponential } from './exponential';
export { filterGradient, filterGradientScratchBytes } from './filter-gradient';
export { multiply, multiplyScratchBytes } from './matrix-product';
export { maxPoolGradient } from './max-pool';
export { COLUMNS, PANELS, ROWS } from './micro-kernel';
export { moments, momentsScratchBytes } from './moments';
export { panelBytes } from './pack';
export { multiplyPacked, multiplyPackedScratchBytes, packMatrices } from './packed-product';
export { convolutionBytes } from './positions';
export { rowProducts } from './row-products';
export { rowSums } from './row-sums';
export { scaleRows } from './scale-rows';
export { topKMean, topKMeanGradient, topKMeanScratchBytes } from './top-k';
export { PRODUCTS, TILE, WINOGRAD } from './winograd';
export {
  convolveFewTiles,
  convolveFewTilesScratchBytes,
  convolvesFewTiles,
  convolveTiles,
  convolveTilesScratchBytes,
  fewTilesAtOnce,
  transformWholeFilter,
  transformWholeFilterScratchBytes,
} from './winograd-convolution';
export { matricesBytes } from './winograd-filter';
export {
  filterGradientOfTiles,
  filterGradientOfTilesScratchBytes,
} from './winograd-filter-gradient';

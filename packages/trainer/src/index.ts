// So that the layers of a saved model are registered even where a bundler drops what else is here.
import '@fbsd/fbsd';

export {
  type Classification,
  Classifier,
  type ClassifierArgs,
  type ClassifyOptions,
} from './classify/classifier.ts';
export type { DecodedPicture } from './classify/pixels.ts';
export { type PreparePicture, preparationOf } from './classify/prepare-picture.ts';
export {
  PREPROCESSING_FILE,
  type Preprocessing,
  preprocessingOf,
} from './classify/preprocessing.ts';
export { preprocessingInWords, scaledInWords } from './classify/preprocessing-in-words.ts';
export { readPreprocessing } from './classify/read-preprocessing.ts';
export { classifierOf, type RecordedClasses, recordClasses } from './classify/recorded-classes.ts';
export {
  type ComparedRun,
  compareRuns,
  type Difference,
  type HeadAccuracy,
  type HeadEstimate,
  type SeedEstimate,
  type SeedValue,
  type VariantResult,
} from './compare/compare-runs.ts';
export type { Estimate } from './compare/estimate.ts';
export {
  type AugmentOptions,
  type Batch,
  type BatchOptions,
  batchCount,
  batches,
  type View,
  view,
  type WholeBatch,
} from './data/batches.ts';
export type { Box, Dataset, PartLocation, Sample } from './data/dataset.ts';
export { limit } from './data/limit.ts';
export { MemoryPictureCache, type MemoryPictureCacheOptions } from './data/memory-picture-cache.ts';
export type { Picture, PictureCache, PictureSource } from './data/picture-source.ts';
export { randomStream, shuffle } from './data/random.ts';
export { requireInteger } from './data/require-integer.ts';
export {
  SPLIT_DEFAULTS,
  type SplitOptions,
  splitOff,
  splitValidation,
  type ValidationOptions,
} from './data/split.ts';
export { type Geometry, geometry, type TransformOptions } from './data/transform.ts';
export type { Annotations, NamedPoint } from './explain/annotations.ts';
export { explain, type NamedPicture } from './explain/explain.ts';
export type { HeatMap } from './explain/heat-map.ts';
export {
  type Inspection,
  type InspectOptions,
  inspectImages,
  type LevelInspection,
} from './explain/inspect-images.ts';
export {
  type Mistake,
  type MistakenSample,
  showMistakes,
  worstMistakes,
} from './explain/mistakes.ts';
export type { Strip } from './explain/strips.ts';
export type { WholePicture } from './explain/whole-picture.ts';
export { type CompactOptions, compactArtifacts } from './export/compact-artifacts.ts';
export { classifierFiles, type ModelFile, modelFiles } from './export/model-files.ts';
export { STORED_WEIGHTS, type StoredWeights } from './export/quantize-weights.ts';
export { inferenceMemory } from './memory/inference-memory.ts';
export { type StepMemoryOptions, stepMemory } from './memory/step-memory.ts';
export { type BackgroundSums, broadcastJson, type Communicator } from './parallel/communicator.ts';
export { type EarlySums, earlySums } from './parallel/early-sums.ts';
export { type Share, type ShareOptions, shareOf } from './parallel/share.ts';
export { BATCH_NORMS, type BatchNormMode, type StepShare } from './parallel/step-share.ts';
export {
  type ComparisonReport,
  renderComparison,
} from './report/comparison/render-comparison.ts';
export { comparisonTable, type TextTable } from './report/comparison/table.ts';
export type { Encoder } from './report/encoder.ts';
export { glow } from './report/glow.ts';
export type { ReportFacts } from './report/headline.ts';
export { type LevelPicture, levelPictures } from './report/level-pictures.ts';
export type { Report } from './report/page.ts';
export { type PictureRow, pictureRows, picturesCsv } from './report/picture-rows.ts';
export { readableName } from './report/readable-name.ts';
export { renderReport } from './report/render-report.ts';
export type { ReportSample } from './report/sample-card.ts';
export { type Pixels, type Placement, resizeToBytes, type Window } from './resize/resize.ts';
export { ADAMW_DEFAULTS, AdamW, type AdamWArgs } from './train/adamw.ts';
export { type Clock, gpuMemory, type PeakMemory, webClock } from './train/clock.ts';
export { type Divergence, DivergenceError } from './train/divergence-error.ts';
export { type EvaluateOptions, evaluate } from './train/evaluate.ts';
export { GradientAccumulation } from './train/gradient-accumulation.ts';
export type { InferenceOptions } from './train/head-logits.ts';
export type {
  Averages,
  EpochLine,
  Evaluation,
  EvaluationAverages,
  LearningRates,
  MeterFields,
  MetricsLine,
  StepLine,
} from './train/metrics.ts';
export type { NamedTensor } from './train/parameters.ts';
export type { PictureResult } from './train/picture-result.ts';
export { type Prediction, predict } from './train/predict.ts';
export type { Progress } from './train/progress.ts';
export type { Checkpoint, CheckpointName, RunStore } from './train/run-store.ts';
export {
  SCHEDULES,
  type Schedule,
  type ScheduleArgs,
  type ScheduleName,
  warmUp,
} from './train/schedule.ts';
export { SGD, SGD_DEFAULTS, type SGDArgs } from './train/sgd.ts';
export { type TimeStepArgs, timeStep } from './train/time-step.ts';
export { type TrainArgs, type TrainResult, train } from './train/train.ts';
export type { BatchReport, StepReport, TrainListener } from './train/train-listener.ts';
export type { TrainOptimizer } from './train/train-optimizer.ts';
export { TRAIN_DEFAULTS, type TrainOptions } from './train/train-options.ts';
export { type StepResult, type TrainStepOptions, trainStep } from './train/train-step.ts';
export { WeightAverage, type WeightAverageArgs } from './train/weight-average.ts';
export { UserError } from './user-error.ts';

export { MODEL_FILE } from '../export/model-files.ts';
export { bytesOf } from './check-weights.ts';
export {
  readCheckpointFiles,
  verifyCheckpointFiles,
  writeCheckpointFiles,
} from './checkpoint-files.ts';
export { STATE } from './checkpoint-state.ts';
export { CHECKSUMS, ChecksummedFolder, checksumLine } from './checksums.ts';
export type { Folder, Write } from './folder.ts';
export { isRecord, RESTORE, shown } from './json.ts';
export { readLabelledModel } from './labelled-model.ts';
export { checkLabels, decodeLabels, encodeLabels, LABELS } from './labels.ts';
export { decodeMetrics, encodeMetricsLine, METRICS } from './metrics-lines.ts';
export { readModel, readModelFiles, writeModelFiles } from './model-files.ts';
export { loadPreprocessing } from './preprocessing-file.ts';
export { type FoundCheckpoint, type FoundRun, readRunFiles } from './read-run-files.ts';
export {
  CONFIG,
  type DecodedConfig,
  decodeConfig,
  encodeConfig,
  type RunConfig,
} from './run-config.ts';
export {
  checkpointFiles,
  checkpointPath,
  eachCheckpointFile,
  type RunFile,
  type RunParts,
  runFiles,
} from './run-files.ts';

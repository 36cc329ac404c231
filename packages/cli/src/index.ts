export { PRECISIONS, type Precision } from './backend/precision.ts';
export {
  BACKENDS,
  type BackendName,
  type SelectedBackend,
  type SelectOptions,
  selectBackend,
} from './backend/select-backend.ts';
export type { Disk } from './disk/disk.ts';
export { endWithReader } from './display/closed-output.ts';
export { printError } from './display/print-error.ts';
export { type Say, say } from './display/say.ts';
export { type Launch, launchOf } from './parallel/launcher.ts';
export { writeReport } from './report/write-report.ts';
export { DiskRunStore, type DiskRunStoreOptions } from './run/disk-run-store.ts';
export { loadClassifier } from './run/load-classifier.ts';
export { loadModelFile, modelDirectory } from './run/model-directory.ts';
export { nodeClock } from './run/node-clock.ts';
export { checkOutputDirectory } from './run/run-directory.ts';
export {
  forInference,
  loadTrainedModel,
  saveTrainedModel,
  type TrainedModel,
} from './run/trained-model.ts';
export { runCommand } from './run-command.ts';
export {
  type CommandLine,
  type Given,
  looksLikeFlag,
  type Names,
  parseCommandLine,
} from './settings/command-line.ts';
export { MINI, type Preset, PUBLISHED } from './settings/presets.ts';
export { forUser } from './user-errors.ts';

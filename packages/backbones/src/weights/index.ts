export type { ByteSource } from './byte-source.ts';
export type { DType, Elements } from './dtypes.ts';
export type { LoadReport, Misshaped } from './load-report.ts';
export { type LoadOptions, loadStateDict } from './load-state-dict.ts';
export type { NamingScheme } from './names.ts';
export { readStateDict, readWeights } from './read-weights.ts';
export { type SaveOptions, saveStateDict } from './save-state-dict.ts';
export type { StateDict, StateTensor } from './state-dict.ts';
export { WeightFileError } from './weight-file-error.ts';

export type { ByteSource } from './byte-source.ts';
export type { DType, Elements } from './dtypes.ts';
export { readStateDict, readWeights } from './read-weights.ts';
export type { StateDict, StateTensor } from './state-dict.ts';
export { WeightFileError } from './weight-file-error.ts';

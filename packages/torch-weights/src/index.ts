export { type DType, type Elements, encodeElements } from './dtypes.ts';
export { readStateDict } from './read/read-state-dict.ts';
export type { StateDict, StateTensor } from './state-dict.ts';
export { WeightFileError } from './weight-file-error.ts';
export { encodePth } from './write/pth.ts';
export { encodeSafetensors } from './write/safetensors.ts';

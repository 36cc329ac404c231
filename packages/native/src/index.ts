export type { Instructions } from './addon.ts';
export type { Precision } from './choose-instructions.ts';
export { NativeKernels } from './native-kernels.ts';
export { NoNativeError } from './no-native-error.ts';
export { instructionSets, type NativeOptions, startNativeKernels } from './start.ts';

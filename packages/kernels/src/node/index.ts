export { ThreadedWasmError, type ThreadedWasmProblem } from '../threads/error.ts';
export type { ThreadedWasm } from '../threads/threaded-wasm.ts';
export type { GPUDescription, ProductPrecision } from './dawn.ts';
export { GPULostError, GPUMemoryError, NoGPUError } from './gpu-error.ts';
export {
  type Native,
  type NativeInstructions,
  type NativeOptions,
  type NativePrecision,
  useNative,
} from './native.ts';
export { type ThreadedWasmOptions, useThreadedWasm } from './threaded-wasm.ts';
export { type GPUMemory, useWebGPU, type WebGPU, type WebGPUOptions } from './webgpu.ts';

export type { GPUDescription, ProductPrecision } from './dawn.ts';
export { type ThreadedWasm, type ThreadedWasmOptions, useThreadedWasm } from './threaded-wasm.ts';
export { type GPUMemory, useWebGPU, type WebGPU, type WebGPUOptions } from './webgpu.ts';

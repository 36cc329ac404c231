export { type ThreadedWasm, type ThreadedWasmOptions, useThreadedWasm } from './threaded-wasm.ts';
export { type GPUDescription, useWebGPU, type WebGPU, type WebGPUOptions } from './webgpu.ts';

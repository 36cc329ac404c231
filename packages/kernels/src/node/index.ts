export { type ThreadedWasm, type ThreadedWasmOptions, useThreadedWasm } from './threaded-wasm.ts';
export {
  type GPUDescription,
  type GPUMemory,
  useWebGPU,
  type WebGPU,
  type WebGPUOptions,
} from './webgpu.ts';

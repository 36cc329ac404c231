export { type ThreadedWasm, type ThreadedWasmOptions, useThreadedWasm } from './threaded-wasm.ts';

export { ThreadedWasmError, type ThreadedWasmProblem } from '../threads/error.ts';
export type { ThreadedWasm } from '../threads/threaded-wasm.ts';
export type { TfjsFile } from './tfjs-files.ts';
export { type ThreadedWasmOptions, useThreadedWasm } from './threaded-wasm.ts';

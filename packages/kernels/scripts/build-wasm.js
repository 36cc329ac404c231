// Compiles assembly/ into src/backends/wasm/binaries.ts, for backends with one thread and with several.
import { compileAssembly } from './compile-assembly.js';

const memory = ['--initialMemory', '1', '--maximumMemory', '65536'];

await compileAssembly({
  assembly: new URL('../assembly/', import.meta.url),
  target: new URL('../src/backends/wasm/binaries.ts', import.meta.url),
  variants: { SIMD: memory, THREADED: ['--enable', 'threads', '--sharedMemory', ...memory] },
});

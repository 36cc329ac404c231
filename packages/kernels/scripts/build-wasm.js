// Compiles assembly/ into src/backends/wasm/binaries.ts.
import { compileAssembly } from './compile-assembly.js';

const MEMORY = ['--initialMemory', '1', '--maximumMemory', '65536'];

await compileAssembly({
  assembly: new URL('../assembly/', import.meta.url),
  target: new URL('../src/backends/wasm/binaries.ts', import.meta.url),
  variants: { SIMD: MEMORY, RELAXED_SIMD: [...MEMORY, '--enable', 'relaxed-simd'] },
});

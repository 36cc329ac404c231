// Compiles assembly/ into src/resize/binaries.ts: the arithmetic of the picture pipeline.
import { compileAssembly } from '../../kernels/scripts/compile-assembly.js';

await compileAssembly({
  assembly: new URL('../assembly/', import.meta.url),
  target: new URL('../src/resize/binaries.ts', import.meta.url),
  variants: { PICTURES: ['--initialMemory', '1', '--maximumMemory', '65536'] },
});

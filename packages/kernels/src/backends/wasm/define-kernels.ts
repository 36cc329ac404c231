import { kernelsWith } from '../../registry/define-kernels.ts';
import { moduleOf } from './module.ts';

/** Ways to define kernels that call functions of the WebAssembly module. */
export const { fusedKernel, replacement } = kernelsWith(moduleOf, (module, kernel) =>
  module.runKernel(kernel),
);

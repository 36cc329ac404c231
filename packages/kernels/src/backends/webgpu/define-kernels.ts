import { kernelsWith } from '../../registry/define-kernels.ts';
import type { WebGPUBackend } from './runtime/backend.ts';

/** Ways to define kernels that record dispatches. */
export const { fusedKernel, replacement } = kernelsWith((backend) => backend as WebGPUBackend);

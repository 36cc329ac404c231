export { BACKENDS, type Backend, describeBackends } from './backends.ts';
export { type Draw, damaged } from './damage.ts';
export { expectClose, type Tolerance, type Values } from './expect-close.ts';
export { parameter, signal, uniform } from './generator.ts';
export { checkGradients } from './gradients.ts';
export { checkLayer } from './layer-conformance.ts';
export { toHWIO, toNHWC, toTensor } from './layout.ts';
export { type AllReduceSum, inLockstep } from './lockstep.ts';
export { expectNoLeak } from './memory.ts';
export {
  type DiskOperation,
  ForgetfulDisk,
  recordDisk,
  type Tree,
  type WritableDisk,
  writeTree,
} from './power-cut.ts';
export { RELAXED_SIMD_FLAGS } from './relaxed-simd.ts';
export { readGolden } from './safetensors.ts';

import { memory } from '@tensorflow/tfjs-core';

/** The most memory that was in use so far. */
export interface PeakMemory {
  /** Largest resident memory of the process. */
  peakMemoryBytes: number;
  /** Memory of the GPU, where the backend knows it: tfjs's WebGPU keeps every buffer for the next step. */
  gpuMemoryBytes?: number;
}

export function peakMemory(): PeakMemory {
  const { numBytesAllocatedInGPU } = memory() as { numBytesAllocatedInGPU?: number };
  return {
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    ...(numBytesAllocatedInGPU !== undefined && { gpuMemoryBytes: numBytesAllocatedInGPU }),
  };
}

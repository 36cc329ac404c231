import { memory } from '@tensorflow/tfjs-core';

/** The most memory that was in use so far. */
export interface PeakMemory {
  /** Largest resident memory of the process, where the platform tells. */
  peakMemoryBytes?: number;
  /** Memory of the GPU, where the backend knows it: tfjs's WebGPU keeps every buffer for the next step. */
  gpuMemoryBytes?: number;
}

/** Time and memory of the machine that trains. */
export interface Clock {
  /** Milliseconds since any fixed moment. */
  now(): number;
  /** Resolves once whatever else waits for the thread has had its turn. */
  nextTurn(): Promise<void>;
  /** Says how much memory was in use at most so far; leaves out what it does not know. */
  peakMemory(): PeakMemory;
}

/** The clock of any platform with web standards. It does not know the memory of the process. */
export const webClock: Clock = {
  now: () => performance.now(),

  // A message, since browsers make a timeout wait for 4 ms.
  nextTurn: () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    }),

  peakMemory: gpuMemory,
};

/** Asks the current backend for the memory of the GPU; empty where it does not know. */
export function gpuMemory(): Pick<PeakMemory, 'gpuMemoryBytes'> {
  const { numBytesAllocatedInGPU: gpuMemoryBytes } = memory() as {
    numBytesAllocatedInGPU?: number;
  };
  return gpuMemoryBytes === undefined ? {} : { gpuMemoryBytes };
}

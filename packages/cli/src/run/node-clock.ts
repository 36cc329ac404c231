import { setImmediate } from 'node:timers/promises';
import { type Clock, gpuMemory, type PeakMemory } from '@fbsd/trainer';

/** Time and memory of a process of Node. */
export const nodeClock: Clock = {
  now: () => performance.now(),
  nextTurn: () => setImmediate(), // after input and output, and signals
  peakMemory,
};

/** The most memory that this process has used so far, and the GPU for it. */
export function peakMemory(): PeakMemory & { peakMemoryBytes: number } {
  return { peakMemoryBytes: process.resourceUsage().maxRSS * 1024, ...gpuMemory() };
}

import { setImmediate } from 'node:timers/promises';
import { type Clock, gpuMemory } from '@fbsd/trainer';

/** Time and memory of a process of Node. */
export const nodeClock = {
  now: () => performance.now(),
  nextTurn: () => setImmediate(), // after input and output, and signals
  peakMemory: () => ({ peakMemoryBytes: process.resourceUsage().maxRSS * 1024, ...gpuMemory() }),
} satisfies Clock;

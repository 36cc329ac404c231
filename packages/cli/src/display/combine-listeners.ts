import type { TrainListener } from '@fbsd/trainer';

/** One listener that tells several. */
export function combineListeners(...listeners: readonly TrainListener[]): Required<TrainListener> {
  return {
    onBatch: (batch) => {
      for (const listener of listeners) listener.onBatch?.(batch);
    },
    onStep: (step) => {
      for (const listener of listeners) listener.onStep?.(step);
    },
    onLine: (line) => {
      for (const listener of listeners) listener.onLine?.(line);
    },
    onTest: (images) => {
      for (const listener of listeners) listener.onTest?.(images);
    },
  };
}

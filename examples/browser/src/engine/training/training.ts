import type { Dataset, MemoryPictureCache } from '@fbsd/trainer';
import type { IndexedDbRunStore, PortPictures } from '@fbsd/trainer/web';
import type { RunningBackend } from '../backends/running-backend.ts';
import type { TrainEvents } from '../engine.ts';
import type { KeptSettings } from '../storage/run-settings.ts';

/** A run, and all that it needs. */
export interface Training {
  settings: KeptSettings;
  dataset: Dataset;
  store: IndexedDbRunStore;
  pictures: PortPictures;
  cache: MemoryPictureCache;
  events: TrainEvents;
  signal: AbortSignal;
  /** What computes now. */
  backend(): Promise<RunningBackend>;
}

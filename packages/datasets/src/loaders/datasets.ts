import type { Dataset } from '@fbsd/trainer';
import { miniAircraft } from '../mini/aircraft/index.ts';
import { miniCub } from '../mini/birds/index.ts';
import { miniCars } from '../mini/cars/index.ts';
import { miniDogs } from '../mini/dogs/index.ts';
import type { Kind } from '../mini/kind.ts';
import { type AircraftLevel, loadAircraft } from './aircraft.ts';
import { loadCars } from './cars.ts';
import { loadClassFolders } from './class-folders.ts';
import { loadCub } from './cub.ts';
import { loadDogs } from './dogs.ts';
import type { LoadOptions } from './load-options.ts';

/** What the loaders understand; each takes what concerns it. */
export interface DatasetOptions extends LoadOptions {
  level?: AircraftLevel;
  cropBanner?: boolean;
  seed?: number;
  testShare?: number;
}

/** A data set by the name that `--dataset` takes. */
export interface KnownDataset {
  load(root: string, options?: DatasetOptions): Promise<Dataset>;
  /** The drawn one in the same layout, for use without a download. */
  mini?: Kind;
}

export const DATASETS = {
  cub: { load: loadCub, mini: miniCub },
  cars: { load: loadCars, mini: miniCars },
  aircraft: { load: loadAircraft, mini: miniAircraft },
  dogs: { load: loadDogs, mini: miniDogs },
  folder: { load: loadClassFolders },
} as const satisfies Record<string, KnownDataset>;

export type DatasetName = keyof typeof DATASETS;

import type { Dataset } from '@fbsd/trainer';
import { miniAircraft } from '../mini/aircraft/files.ts';
import { miniCub, miniCubHard } from '../mini/birds/files.ts';
import { miniCars } from '../mini/cars/files.ts';
import { miniDogs } from '../mini/dogs/files.ts';
import type { DrawnDataset } from '../mini/drawn-dataset.ts';
import { type AircraftOptions, loadAircraft } from './aircraft.ts';
import { loadCars } from './cars.ts';
import { type ClassFoldersOptions, loadClassFolders } from './class-folders.ts';
import { loadCub } from './cub.ts';
import { loadDogs } from './dogs.ts';

/** The options of all loaders; each uses those that concern it. */
export interface DatasetOptions extends AircraftOptions, ClassFoldersOptions {}

/** A kind of data set that can be read. */
export interface KnownDataset {
  /**
   * Reads and checks it, as `loadCub`, `loadCars`, `loadAircraft`, `loadDogs` or `loadClassFolders` does.
   *
   * @param root its folder
   * @throws UserError that says what is wrong with which file
   */
  load(root: string, options?: DatasetOptions): Promise<Dataset>;
  /** A small drawn one in the same layout, for use without a download. */
  mini?: DrawnDataset;
}

/** A data set in a published layout, and a drawn one in that layout. */
export interface PublishedDataset extends KnownDataset {
  /** The drawn one. */
  mini: DrawnDataset;
}

type PublishedName = 'cub' | 'cars' | 'aircraft' | 'dogs';

/**
 * The name of a kind of data set; `cub-hard` is drawn birds in the layout of CUB-200-2011 that are harder to tell apart
 * than those of `cub`, `folder` any folder with a folder for each class.
 */
export type DatasetName = PublishedName | 'cub-hard' | 'folder';

/** The kinds of data sets by name. */
export const DATASETS: Readonly<
  Record<PublishedName | 'cub-hard', PublishedDataset> & Record<'folder', KnownDataset>
> = {
  cub: { load: loadCub, mini: miniCub },
  'cub-hard': { load: loadCub, mini: miniCubHard },
  cars: { load: loadCars, mini: miniCars },
  aircraft: { load: loadAircraft, mini: miniAircraft },
  dogs: { load: loadDogs, mini: miniDogs },
  folder: { load: loadClassFolders },
};

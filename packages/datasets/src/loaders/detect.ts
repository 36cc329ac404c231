import { aircraftLayout } from './aircraft.ts';
import { CARS_LAYOUT } from './cars.ts';
import { CUB_LAYOUT } from './cub.ts';
import type { DatasetName } from './datasets.ts';
import { DOGS_LAYOUT } from './dogs.ts';
import { type Layout, shareThere } from './locate.ts';

const LAYOUTS: readonly (readonly [DatasetName, Layout])[] = [
  ['cub', CUB_LAYOUT],
  ['cars', CARS_LAYOUT],
  ['aircraft', aircraftLayout('variant')],
  ['dogs', DOGS_LAYOUT],
];

/** A folder with this share of a data set's files is meant to be that data set: its loader then names the missing ones. */
const ENOUGH = 0.5;

/**
 * Tells by its files which data set a folder holds.
 *
 * @param root the folder, or the one around it; need not exist
 * @returns `folder` where it is none of the published ones
 */
export async function detectDataset(root: string): Promise<DatasetName> {
  const shares = await Promise.all(
    LAYOUTS.map(async ([name, layout]) => ({ name, share: await shareThere(root, layout) })),
  );
  const best = shares.reduce((a, b) => (b.share > a.share ? b : a));
  return best.share >= ENOUGH ? best.name : 'folder';
}

import { IndexedDbPictures, IndexedDbRuns } from '@fbsd/trainer/web';
import { StoredDatasets } from './stored-datasets.ts';

/** What the browser keeps for the page. */
export interface Storage {
  datasets: StoredDatasets;
  runs: IndexedDbRuns;
}

/** @throws UserError when the browser gives the page no storage */
export async function openStorage(): Promise<Storage> {
  const [pictures, runs] = await Promise.all([
    IndexedDbPictures.connect(),
    IndexedDbRuns.connect(),
  ]);
  return { datasets: new StoredDatasets(pictures), runs };
}

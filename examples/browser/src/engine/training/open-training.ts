import { IndexedDbPictures, IndexedDbRuns } from '@fbsd/trainer/web';
import { StoredDatasets } from '../data/stored-datasets.ts';
import { Runs, type Surroundings } from './runs.ts';

/** What keeps pictures and runs, and trains. */
export interface TrainingPart {
  datasets: StoredDatasets;
  runs: Runs;
  kept: IndexedDbRuns;
}

/** @throws UserError when the browser gives the page no storage */
export async function openTraining(backend: Surroundings['backend']): Promise<TrainingPart> {
  const [pictures, kept] = await Promise.all([
    IndexedDbPictures.connect(),
    IndexedDbRuns.connect(),
  ]);
  const datasets = new StoredDatasets(pictures);
  const runs = new Runs({ runs: kept, backend, dataset: (name) => datasets.find(name) });
  return { datasets, runs, kept };
}

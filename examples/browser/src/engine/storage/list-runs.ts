import type { IndexedDbRunStore, KeptRun } from '@fbsd/trainer/web';
import type { RunInfo, StoredDataset } from '../engine.ts';
import type { Storage } from './open-storage.ts';
import { doubtsOf, picturesOfRun } from './pictures-of-run.ts';
import { settingsOf } from './run-settings.ts';

/** All runs in the browser's storage, the one that was begun last first. */
export async function listRuns({ runs, datasets }: Storage): Promise<RunInfo[]> {
  const [kept, stored] = await Promise.all([runs.list(), datasets.list()]);
  return Promise.all(kept.map(async (run) => infoOf(run, await runs.store(run.name), stored)));
}

async function infoOf(
  { name, config, progress }: KeptRun,
  store: IndexedDbRunStore,
  datasets: readonly StoredDataset[],
): Promise<RunInfo> {
  const dataset = picturesOfRun(config, datasets);
  const kept = settingsOf(name, config);
  const settings = { ...kept, dataset: dataset?.name ?? kept.dataset };
  const lines = await store.metrics();
  const epochs = (progress.last?.epoch ?? 1) - 1;
  const best = progress.last?.best ?? null;
  const isOutOfPatience =
    typeof settings.patience === 'number' &&
    best !== null &&
    epochs - best.epoch >= settings.patience;
  return {
    run: name,
    settings,
    state: epochs >= settings.totalEpochs || isOutOfPatience ? 'finished' : 'interrupted',
    epochs,
    best: best?.accuracy ?? null,
    lines,
    hasPictures: dataset !== undefined,
    doubts: dataset ? doubtsOf(config, dataset) : null,
  };
}

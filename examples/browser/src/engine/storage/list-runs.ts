import type { IndexedDbRunStore, IndexedDbRuns, KeptRun } from '@fbsd/trainer/web';
import type { RunInfo } from '../engine.ts';
import { settingsOf } from './run-settings.ts';

/** All runs in the browser's storage, the one that was begun last first. */
export async function listRuns(runs: IndexedDbRuns): Promise<RunInfo[]> {
  const kept = await runs.list();
  return Promise.all(kept.map(async (run) => infoOf(run, await runs.store(run.name))));
}

async function infoOf(
  { name, config, progress }: KeptRun,
  store: IndexedDbRunStore,
): Promise<RunInfo> {
  const settings = settingsOf(name, config);
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
  };
}

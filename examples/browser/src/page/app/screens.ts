import { signal } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import { TryScreen } from '../try/try-screen.tsx';
import { SCREENS, type ScreenId } from './route.ts';

/** The screens, the first one at once, so that the page opens with little. */
const LOAD: Record<ScreenId, () => Promise<FunctionComponent>> = {
  try: async () => TryScreen,
  explain: async () => (await import('../explain/explain-screen.tsx')).ExplainScreen,
  data: async () => (await import('../data/data-screen.tsx')).DataScreen,
  train: async () => (await import('../train/train-screen.tsx')).TrainScreen,
  export: async () => (await import('../export/export-screen.tsx')).ExportScreen,
};

/** The screens that are there. */
export const loaded = signal<ReadonlyMap<ScreenId, FunctionComponent>>(
  new Map([['try', TryScreen]]),
);
/** True where a screen could not be loaded: without a network, before the page is kept for that. */
export const isUnreachable = signal(false);

/** Loads a screen that is not there yet. */
export async function loadScreen(id: ScreenId): Promise<void> {
  if (loaded.peek().has(id)) return;
  try {
    const screen = await LOAD[id]();
    loaded.value = new Map([...loaded.peek(), [id, screen]]);
    isUnreachable.value = false;
  } catch {
    isUnreachable.value = true;
  }
}

/** Loads all others, so that they are there when somebody goes to them. */
export async function loadScreens(): Promise<void> {
  for (const { id } of SCREENS) await loadScreen(id);
}

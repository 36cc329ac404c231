import { computed, signal } from '@preact/signals';
import type { TrainSettings } from '../../engine/engine.ts';
import { runs } from '../state/runs.ts';
import type { Asked } from './defaults.ts';
import { freeRunName } from './run-name.ts';

/*
 * What somebody chose for the next run. It outlives the form, which is not on the screen while a run or another screen is:
 * whoever comes back to it finds what they had chosen.
 */

/** The network. */
export const arch = signal<TrainSettings['arch']>('mini');
/** Weights for it to start from. */
export const weights = signal<File | undefined>();
/** Decides the order of the pictures and the initial weights. */
export const seed = signal(666);
/** The name of the run; undefined until one is typed. */
export const typedName = signal<string | undefined>();

/** What is not as it would be offered, of each network by itself: other numbers fit another one. */
const changes = signal<Readonly<Partial<Record<TrainSettings['arch'], Partial<Asked>>>>>({});
/** Of the network that is chosen. */
export const changed = computed<Partial<Asked>>(() => changes.value[arch.value] ?? {});

/** Changes settings of the network that is chosen; undefined: as they are offered. */
export function change(settings: { [name in keyof Asked]?: Asked[name] | undefined }): void {
  const all = Object.entries({ ...changed.value, ...settings });
  const left = Object.fromEntries(all.filter(([, value]) => value !== undefined));
  changes.value = { ...changes.value, [arch.value]: left };
}

/** A name that was typed and has become that of a run is followed by a free one. */
export function renewName(): void {
  const name = typedName.value?.trim();
  if (name === undefined || !runs.value.some(({ run }) => run === name)) return;
  typedName.value = freeRunName(name, runs.value);
}

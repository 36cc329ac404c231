import { computed, signal } from '@preact/signals';
import { drawBirds } from '../../engine/draw-birds.ts';
import type { DatasetChange, StoredDataset } from '../../engine/engine.ts';
import { engine } from '../engine.ts';
import type { PageDoing } from '../words/doing-words.ts';
import { messageOf } from '../words/message-of.ts';
import { announce } from './announcement.ts';
import { whileDoing } from './while-doing.ts';

/** All data sets in the browser's storage; null until they are read. */
export const datasets = signal<readonly StoredDataset[] | null>(null);
/** The name of the one that is shown. */
export const datasetName = signal<string | null>(null);
/** The one that is shown. */
export const dataset = computed(
  () => datasets.value?.find(({ name }) => name === datasetName.value) ?? null,
);
/** How far a change is; null while there is none. */
export const datasetDoing = signal<PageDoing | null>(null);
/** Why a change failed. */
export const datasetError = signal<string | null>(null);

/** A name that no data set has yet: moths, moths 2 … */
export function freeName(name: string): string {
  const taken = new Set(datasets.value?.map((each) => each.name));
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name} ${number}`;
  return free;
}

/** Reads the data sets, and shows the first one where none is shown. */
export async function refreshDatasets(): Promise<void> {
  try {
    const all = await engine.datasets();
    datasets.value = all;
    if (!dataset.value) datasetName.value = all[0]?.name ?? null;
  } catch (error) {
    datasets.value ??= [];
    datasetError.value = messageOf(error);
  }
}

/** Changes a data set, which is made where there is none of that name, and shows it. */
export async function changeDataset(name: string, change: DatasetChange): Promise<void> {
  datasetError.value = null;
  datasetDoing.value = { what: 'saving', done: 0, unit: 'pictures' };
  try {
    const changed = await whileDoing(
      (doing) => {
        datasetDoing.value = doing;
      },
      (onDoing) => engine.change(name, change, onDoing),
    );
    const all = datasets.value ?? [];
    datasets.value = all.some((other) => other.name === name)
      ? all.map((other) => (other.name === name ? changed : other))
      : [...all, changed];
    datasetName.value = name;
    if (change.change === 'add') announce(`Added to ${name}.`);
  } catch (error) {
    datasetError.value = messageOf(error);
  }
}

/** Adds drawn birds as a data set of their own. */
export async function addDrawnBirds(perClass: number, seed: number): Promise<void> {
  datasetError.value = null;
  datasetDoing.value = { what: 'drawing', done: 0, unit: 'pictures' };
  try {
    const files = await drawBirds(perClass, seed, (done, total) => {
      datasetDoing.value = { what: 'drawing', done, total, unit: 'pictures' };
    });
    await changeDataset(freeName('Drawn birds'), { change: 'add', files });
  } catch (error) {
    datasetError.value = messageOf(error);
  } finally {
    datasetDoing.value = null;
  }
}

/** Deletes a data set. */
export async function forgetDataset(name: string): Promise<void> {
  await engine.forgetDataset(name);
  datasetName.value = null;
  await refreshDatasets();
}

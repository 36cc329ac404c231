import { resolve } from 'node:path';
import { type Dataset, ensureMini, loadCub, miniCub } from '../data/index.ts';
import { type SelectedBackend, selectBackend } from '../train/backend.ts';
import type { Settings } from './settings.ts';

/** Prints a line. */
export type Say = (line: string) => void;

/** To standard output, which is what a person reads. */
export const say: Say = (line) => {
  process.stdout.write(`${line}\n`);
};

/** To standard error, where standard output is for a program to read. */
export const sayAside: Say = (line) => {
  process.stderr.write(`${line}\n`);
};

/** Reads the data set that the settings name and says what it holds; without `data`, the drawn one. */
export async function openDataset(
  { data, skipCorrupt }: Pick<Settings, 'dataset' | 'data' | 'skipCorrupt'>,
  say: Say,
): Promise<Dataset> {
  const root = data === null ? resolve('data/mini-cub') : fromCallerDirectory(data);
  if (data === null) {
    const onProgress = (done: number, total: number) => {
      if (done === 1) say(`data     drawing ${total} birds …`);
    };
    const { drawn } = await ensureMini(miniCub, root, { onProgress });
    say(`data     mini-CUB in ${root} (${drawn ? 'drawn now' : 'drawn before'})`);
  } else {
    say(`data     ${root}`);
  }
  const dataset = await loadCub(root, { skipCorrupt });
  say(
    `         ${dataset.classNames.length} classes, ${dataset.train.length} training and ${dataset.test.length} test images`,
  );
  for (const warning of dataset.warnings) say(`warning  ${warning}`);
  return dataset;
}

/** Starts the backend that the settings ask for and says which it is. */
export async function openBackend(
  { backend: requested, precision }: Pick<Settings, 'backend' | 'precision'>,
  say: Say,
): Promise<SelectedBackend> {
  const backend = await selectBackend(requested, precision);
  say(`backend  ${backend.description}`);
  if (backend.advice) say(`         ${backend.advice}`);
  return backend;
}

/** The folder of the runs on a data set, or on its drawn one. */
export function runsOf({ dataset, data }: Pick<Settings, 'dataset' | 'data'>): string {
  return resolve('runs', data === null ? `mini-${dataset}` : dataset);
}

/** npm runs scripts in the package's folder; what the user typed is relative to where they were. */
export function fromCallerDirectory(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? '.', path);
}

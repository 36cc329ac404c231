import { resolve } from 'node:path';
import {
  DATASETS,
  type Dataset,
  type DatasetName,
  ensureMini,
  type KnownDataset,
  limit,
} from '../data/index.ts';
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

/** What of the settings decides the data. */
export type DataSettings = Pick<
  Settings,
  | 'dataset'
  | 'data'
  | 'skipCorrupt'
  | 'aircraftLevel'
  | 'cropBanner'
  | 'testShare'
  | 'seed'
  | 'limit'
>;

/** Reads the data set that the settings name and says what it holds; without `data`, the drawn one. */
export async function openDataset(settings: DataSettings, say: Say): Promise<Dataset> {
  const { dataset: name, data, aircraftLevel: level, ...options } = settings;
  const known: KnownDataset = DATASETS[name];
  const root = data === null ? await draw(name, known, say) : fromCallerDirectory(data);
  if (data !== null) say(`data     ${root}`);
  const { skipCorrupt, cropBanner, testShare, seed } = options;
  const whole = await known.load(root, { level, skipCorrupt, cropBanner, testShare, seed });
  const dataset = settings.limit === null ? whole : limit(whole, settings.limit);
  say(
    `         ${dataset.classNames.length} classes, ${dataset.train.length} training and ${dataset.test.length} test images`,
  );
  for (const warning of dataset.warnings) say(`warning  ${warning}`);
  return dataset;
}

async function draw(name: DatasetName, { mini }: KnownDataset, say: Say): Promise<string> {
  if (!mini)
    throw new Error(`[fbsd] --dataset ${name} needs --data: the folder with the pictures.`);
  const root = resolve(`data/mini-${name}`);
  const onProgress = (done: number, total: number) => {
    if (done === 1) say(`data     drawing ${total} ${mini.subjects} …`);
  };
  const { drawn } = await ensureMini(mini, root, { onProgress });
  say(`data     ${mini.name} in ${root} (${drawn ? 'drawn now' : 'drawn before'})`);
  return root;
}

/** Starts the backend that the settings ask for and says which it is. */
export async function openBackend(
  {
    backend: requested,
    precision,
    allowSoftware = false,
  }: Pick<Settings, 'backend' | 'precision'> & Partial<Pick<Settings, 'allowSoftware'>>,
  say: Say,
): Promise<SelectedBackend> {
  const backend = await selectBackend(requested, precision, { allowSoftware });
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

import {
  DATASETS,
  type DatasetName,
  detectDataset,
  ensureMini,
  type KnownDataset,
} from '@fbsd/datasets';
import { type Dataset, limit, splitValidation, UserError } from '@fbsd/trainer';
import { type SelectedBackend, selectBackend } from '../backend/select-backend.ts';
import type { Say } from '../display/say.ts';
import { inFlags } from '../settings/in-flags.ts';
import { drawnFolderOf } from '../settings/paths.ts';
import type { Settings } from '../settings/settings.ts';

/** The settings that decide the data. */
export type DataSettings = Pick<
  Settings,
  | 'dataset'
  | 'data'
  | 'skipCorrupt'
  | 'maxPixels'
  | 'aircraftLevel'
  | 'cropBanner'
  | 'testShare'
  | 'validationSplit'
  | 'seed'
  | 'limit'
>;

/** Finds out which data set is meant: the one that is named, or else the one whose files are in the folder. */
export async function datasetOf(
  { dataset, data }: Partial<Pick<Settings, 'dataset' | 'data'>>,
  otherwise: DatasetName = 'cub',
): Promise<DatasetName> {
  return dataset ?? (data ? detectDataset(data) : otherwise);
}

/** Reads the data set that the settings name, without `data` the drawn one, and says how large it is. */
export async function openDataset(settings: DataSettings, say: Say): Promise<Dataset> {
  const {
    dataset: name,
    data,
    aircraftLevel,
    skipCorrupt,
    maxPixels,
    cropBanner,
    testShare,
    validationSplit,
    seed,
  } = settings;
  const known: KnownDataset = DATASETS[name];
  const root = data ?? (await draw(name, known, say));
  if (data !== null) say(`data     ${data}`);
  const options = {
    level: aircraftLevel,
    skipCorrupt,
    maxPixels,
    cropBanner,
    testShare,
    seed,
  };
  const whole = await known.load(root, options);
  const limited = settings.limit === null ? whole : limit(whole, settings.limit);
  const share = validationSplit;
  const dataset = share === 0 ? limited : splitValidation(limited, { seed, share });
  const { classNames, train, validation, test } = dataset;
  const parts = [
    `${train.length} training`,
    ...(validation ? [`${validation.length} validation`] : []),
    `${test.length} test images`,
  ];
  say(
    `         ${classNames.length} classes, ${parts.join(', ').replace(/, (?=[^,]*$)/, ' and ')}`,
  );
  for (const warning of dataset.warnings) say(`warning  ${inFlags(warning)}`);
  return dataset;
}

async function draw(name: DatasetName, { mini }: KnownDataset, say: Say): Promise<string> {
  if (!mini) {
    throw new UserError(`[fbsd] --dataset ${name} needs --data: the folder with the pictures.`);
  }
  const root = drawnFolderOf(name);
  const onProgress = (done: number, total: number) => {
    if (done === 1) say(`data     drawing ${total} ${mini.subjects} …`);
  };
  const { drawn } = await ensureMini(mini, root, { onProgress });
  say(`data     ${mini.name} in ${root} (${drawn ? 'drawn now' : 'drawn before'})`);
  return root;
}

/** Starts the backend that the settings ask for and says which it is. */
export async function openBackend(
  settings: Partial<Pick<Settings, 'backend' | 'precision' | 'allowSoftware'>>,
  say: Say,
): Promise<SelectedBackend> {
  const { backend: requested = 'auto', precision = 'float32', allowSoftware = false } = settings;
  const backend = await selectBackend(requested, precision, { allowSoftware });
  say(`backend  ${backend.description}`);
  if (backend.advice) say(`         ${backend.advice}`);
  return backend;
}

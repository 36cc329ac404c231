import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DATASETS } from '@fbsd/datasets';
import { UserError } from '@fbsd/trainer';
import {
  type RunConfig as AnyConfig,
  CONFIG,
  decodeConfig,
  encodeConfig,
  RESTORE,
  shown,
} from '@fbsd/trainer/run-files';
import { nodeDisk } from '../disk/disk.ts';
import { replaceFile } from '../disk/durable.ts';
import { completeSettings, type Settings } from '../settings/settings.ts';

/** The content of a run's `config.json`: everything that decides its result. */
export type RunConfig = AnyConfig<Settings>;

/** The settings that every file has had from the first version on; later ones have defaults. */
const FIRST_SETTINGS: readonly (keyof Settings)[] = [
  'dataset',
  'data',
  'aircraftLevel',
  'cropBanner',
  'testShare',
  'limit',
  'arch',
  'imageSize',
  'alpha',
  'beta',
  'gamma',
  'pretrained',
  'initFrom',
  'batchSize',
  'accumulate',
  'totalEpochs',
  'newLearningRate',
  'pretrainedLearningRate',
  'warmupSteps',
  'momentum',
  'weightDecay',
  'schedule',
  'seed',
  'backend',
  'precision',
  'logEverySteps',
  'saveEverySteps',
  'evaluateEveryEpochs',
  'patience',
  'skipCorrupt',
  'cache',
];

/** The file that makes a folder a run. */
export function configFile(runDirectory: string): string {
  return join(runDirectory, CONFIG);
}

/** Writes the `config.json` of a run, or puts a new one in the place of the old one. */
export async function writeRunConfig(directory: string, config: RunConfig): Promise<void> {
  await replaceFile(nodeDisk, directory, CONFIG, await encodeConfig(config));
}

/**
 * Reads the `config.json` of a run. Settings that came after it was written have their defaults.
 *
 * @throws UserError when the directory holds no run, or the file is not as it was written
 */
export async function readRunConfig(directory: string): Promise<RunConfig> {
  const file = join(directory, CONFIG);
  const bytes = await readFile(file).catch((error: Error) => {
    throw new UserError(`[fbsd] ${resolve(directory)} holds no run: ${error.message}.`, {
      cause: error,
    });
  });
  const { checksummed, settings, ...config } = await decodeConfig(bytes, file);
  checkSettings(settings, checksummed ? [] : FIRST_SETTINGS, file);
  return { ...config, settings: completeSettings(settings.dataset, settings) };
}

/** Those of another version may lack some or have more; a wrong kind of value is damage. */
function checkSettings(
  settings: object,
  required: readonly (keyof Settings)[],
  file: string,
): asserts settings is Partial<Settings> & Pick<Settings, 'dataset'> {
  const { dataset } = settings as Settings;
  if (!Object.hasOwn(DATASETS, String(dataset))) {
    const known = Object.keys(DATASETS).join(', ');
    throw new UserError(
      `[fbsd] ${file}: expected one of ${known} as settings.dataset; got ${shown(dataset)}. ${RESTORE}`,
    );
  }
  const missing = required.find((name) => !(name in settings));
  if (missing !== undefined) {
    throw new UserError(`[fbsd] ${file} is damaged: settings.${missing} is missing. ${RESTORE}`);
  }
  const defaults: Readonly<Record<string, unknown>> = { ...completeSettings(dataset, {}) };
  for (const [name, value] of Object.entries(settings)) {
    if (!(name in defaults)) {
      throw new UserError(
        `[fbsd] ${file}: there is no setting '${name}'. Was it written by a newer fbsd? Then go on with that one; otherwise remove it.`,
      );
    }
    const usual = defaults[name];
    const fits = usual === null ? isPlain(value) : value !== null && typeof value === typeof usual;
    if (fits) continue;
    throw new UserError(
      `[fbsd] ${file} is damaged: expected a ${usual === null ? 'number, a text or null' : typeof usual} as settings.${name}; got ${shown(value)}. ${RESTORE}`,
    );
  }
}

function isPlain(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'number';
}

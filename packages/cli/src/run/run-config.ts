import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DATASETS } from '@fbsd/datasets';
import { UserError } from '@fbsd/trainer';
import { nodeDisk } from '../disk/disk.ts';
import { replaceFile } from '../disk/durable.ts';
import { completeSettings, type Settings } from '../settings/settings.ts';
import { sha256 } from './checksums.ts';
import { isRecord, parseJson, RESTORE, shown } from './json-file.ts';

/** The file of a run that says how it was begun. */
export const CONFIG = 'config.json';
/** From 2 on it has a checksum. */
const VERSION = 2;

/** The content of a run's `config.json`: everything that decides its result. */
export interface RunConfig {
  settings: Settings;
  classNames: readonly string[];
  /** Backend and versions that the run started with. */
  environment: Record<string, string>;
}

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
export function writeRunConfig(directory: string, config: RunConfig): Promise<void> {
  return replaceFile(nodeDisk, directory, CONFIG, encodeConfig(config));
}

/** The content of a `config.json`. */
export function encodeConfig({ settings, classNames, environment }: RunConfig): string {
  const content = { settings, classNames, environment };
  const sums = { version: VERSION, ...content, sha256: digestOf(content) };
  return `${JSON.stringify(sums, null, 2)}\n`;
}

/** Independent of spaces and line ends, which editors and version control change. */
function digestOf(content: RunConfig): string {
  return sha256(JSON.stringify(content));
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
  const config = parseJson(bytes, file);
  const version = isRecord(config) ? (config['version'] ?? 1) : 1;
  if (typeof version === 'number' && version > VERSION) {
    throw new UserError(
      `[fbsd] ${file}: expected version 1 or ${VERSION}; got ${version}. Go on with the newer fbsd that wrote it.`,
    );
  }
  const { settings, classNames, environment } = checkContent(config, file);
  const { sha256: expected } = config as { sha256?: unknown };
  const isChecksummed = version !== 1 || expected !== undefined;
  if (isChecksummed) {
    const got = digestOf({ settings, classNames, environment });
    if (got !== expected) {
      throw new UserError(
        `[fbsd] ${file} is not as it was written: expected the SHA-256 that it ends with, ${shown(expected)}; got ${got}. Undo what was changed in it; a run with other settings is a new run.`,
      );
    }
  }
  checkSettings(settings, isChecksummed ? [] : FIRST_SETTINGS, file);
  const complete = completeSettings(settings.dataset, settings);
  return { settings: complete, classNames, environment };
}

function checkContent(config: unknown, file: string): RunConfig {
  const { settings, classNames, environment } = isRecord(config) ? config : {};
  const isNames = Array.isArray(classNames) && classNames.every((name) => typeof name === 'string');
  if (isRecord(settings) && isNames && isRecord(environment)) return config as unknown as RunConfig;
  throw new UserError(
    `[fbsd] ${file} is damaged: expected settings, classNames and environment; got ${shown(config)}. ${RESTORE}`,
  );
}

/** Those of another version may lack some or have more; a wrong kind of value is damage. */
function checkSettings(
  settings: Settings,
  required: readonly (keyof Settings)[],
  file: string,
): void {
  const { dataset } = settings;
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

import { UserError } from '../user-error.ts';
import { sha256 } from './checksums.ts';
import { isRecord, parseJson, RESTORE, shown } from './json.ts';

/** The file of a run that says how it was begun. */
export const CONFIG = 'config.json';
/** From 2 on it has a checksum. */
const VERSION = 2;

/** The content of a run's `config.json`: everything that decides its result. */
export interface RunConfig<Settings = Record<string, unknown>> {
  /** Plain enough for JSON: the arguments of the training, by the names of `fbsd train`'s settings. */
  settings: Settings;
  /** By class index. */
  classNames: readonly string[];
  /** Backend and versions that the run started with. */
  environment: Record<string, string>;
}

/** What {@link decodeConfig} finds. */
export interface DecodedConfig extends RunConfig {
  /** That of the first version has no checksum. */
  checksummed: boolean;
}

/** The content of the file. */
export async function encodeConfig({
  settings,
  classNames,
  environment,
}: RunConfig<object>): Promise<string> {
  const content = { settings, classNames, environment };
  const sums = { version: VERSION, ...content, sha256: await digestOf(content) };
  return `${JSON.stringify(sums, null, 2)}\n`;
}

/** Independent of spaces and line ends, which editors and version control change. */
function digestOf(content: RunConfig<object>): Promise<string> {
  return sha256(JSON.stringify(content));
}

/**
 * Reads the content of the file.
 *
 * @param file for messages
 * @throws UserError when it is damaged, or not as it was written
 */
export async function decodeConfig(bytes: Uint8Array, file: string): Promise<DecodedConfig> {
  const config = parseJson(bytes, file);
  const version = isRecord(config) ? (config['version'] ?? 1) : 1;
  if (typeof version === 'number' && version > VERSION) {
    throw new UserError(
      `[@fbsd/trainer] ${file}: expected version 1 or ${VERSION}; got ${version}. Go on with the newer version that wrote it.`,
    );
  }
  const { settings, classNames, environment } = checkContent(config, file);
  const { sha256: expected } = config as { sha256?: unknown };
  const checksummed = version !== 1 || expected !== undefined;
  if (checksummed) {
    const got = await digestOf({ settings, classNames, environment });
    if (got !== expected) {
      throw new UserError(
        `[@fbsd/trainer] ${file} is not as it was written: expected the SHA-256 that it ends with, ${shown(expected)}; got ${got}. Undo what was changed in it; a run with other settings is a new run.`,
      );
    }
  }
  return { settings, classNames, environment, checksummed };
}

function checkContent(config: unknown, file: string): RunConfig {
  const { settings, classNames, environment } = isRecord(config) ? config : {};
  const isNames = Array.isArray(classNames) && classNames.every((name) => typeof name === 'string');
  if (isRecord(settings) && isNames && isRecord(environment)) return config as unknown as RunConfig;
  throw new UserError(
    `[@fbsd/trainer] ${file} is damaged: expected settings, classNames and environment; got ${shown(config)}. ${RESTORE}`,
  );
}

import type { MetricsLine } from '../train/metrics.ts';
import type { Progress } from '../train/progress.ts';
import type { CheckpointName } from '../train/run-store.ts';
import { UserError } from '../user-error.ts';
import { verifyCheckpointFiles } from './checkpoint-files.ts';
import { STATE } from './checkpoint-state.ts';
import { ChecksummedFolder } from './checksums.ts';
import type { Folder } from './folder.ts';
import { folderOf, type GivenFile } from './given-files.ts';
import { RESTORE } from './json.ts';
import { decodeMetrics, METRICS } from './metrics-lines.ts';
import { CONFIG, decodeConfig, type RunConfig } from './run-config.ts';
import { checkpointPath } from './run-files.ts';

/** A checkpoint among some files. */
export interface FoundCheckpoint {
  /** Where it stands. */
  progress: Progress;
  /** Its files, by their paths below its folder. */
  files: readonly GivenFile[];
}

/** A run among some files. */
export interface FoundRun {
  /** How it was begun. */
  config: RunConfig;
  /** Its measurements. */
  metrics: readonly MetricsLine[];
  /** From where it goes on. */
  last: FoundCheckpoint;
  /** The best one; null where nothing was tested. */
  best: FoundCheckpoint | null;
}

/**
 * Reads a run from the files of its folder, as `runFiles` makes them and `fbsd train` writes them: all are checked, models
 * are not built. The folder may be in another one; of several runs the first is taken.
 *
 * @throws UserError when there is no run with a last checkpoint; one that names the file that is damaged
 */
export async function readRunFiles(files: readonly GivenFile[]): Promise<FoundRun> {
  const within = folderWithRun(files);
  const folder = folderOf(files, within);
  const { checksummed: _, ...config } = await decodeConfig(
    await folder.read(CONFIG),
    folder.pathOf(CONFIG),
  );
  const metrics = await metricsIn(folder);
  const find = (name: CheckpointName) =>
    findCheckpoint(files, `${within}${checkpointPath(name)}/`, config.classNames);
  const last = await find('last');
  if (last) return { config, metrics, last, best: await find('best') };
  throw new UserError(
    `[@fbsd/trainer] ${within || 'the folder '}holds no checkpoint to go on from: expected ${checkpointPath('last')}/${STATE}. Choose a run that came to a checkpoint.`,
  );
}

/** With a slash at its end. */
function folderWithRun(files: readonly GivenFile[]): string {
  const folders = files
    .filter(({ path }) => path === CONFIG || path.endsWith(`/${CONFIG}`))
    .map(({ path }) => path.slice(0, -CONFIG.length))
    .sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
  const [first] = folders;
  if (first !== undefined) return first;
  throw new UserError(
    `[@fbsd/trainer] there is no run among the ${files.length} files: expected a ${CONFIG}. Choose the folder of a run, or its ZIP.`,
  );
}

async function metricsIn(folder: Folder): Promise<MetricsLine[]> {
  if ((await folder.sizeOf(METRICS)) === null) return [];
  const text = new TextDecoder().decode(await folder.read(METRICS));
  return decodeMetrics(text, folder.pathOf(METRICS));
}

async function findCheckpoint(
  files: readonly GivenFile[],
  within: string,
  expected: readonly string[],
): Promise<FoundCheckpoint | null> {
  const own = files
    .filter(({ path }) => path.startsWith(within))
    .map(({ path, bytes }) => ({ path: path.slice(within.length), bytes }));
  if (!own.some(({ path }) => path === STATE)) return null;
  const folder = await ChecksummedFolder.open(folderOf(own, '', within));
  const { progress, classNames } = await verifyCheckpointFiles(folder);
  if (classNames.join('\n') === expected.join('\n')) return { progress, files: own };
  throw new UserError(
    `[@fbsd/trainer] ${within} has learned other classes than its run's ${CONFIG} names. ${RESTORE}`,
  );
}

import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { UserError } from '@fbsd/trainer';
import { forPerson, namingPath } from '../files/disk-error.ts';
import { exists } from '../files/exists.ts';
import { movePath } from '../files/move-path.ts';
import type { DrawnDataset, MiniSettings } from './drawn-dataset.ts';
import { MINI_DEFAULTS, miniSettings } from './settings.ts';

/** Options of {@link ensureMini}. */
export interface MiniOptions extends Partial<MiniSettings> {
  /** Is told the number of pictures drawn so far, and of all. */
  onProgress?: (done: number, total: number) => void;
}

/** Content of a file that is written last: how the folder was drawn, and its files. */
interface Stamp {
  /** Name of the drawn data set. */
  generator: string;
  version: number;
  settings: MiniSettings;
  /** Size in bytes by path. */
  files: Record<string, number>;
}

/**
 * Makes sure that there is a drawn data set at `root`: a small fine-grained one in the exact layout of
 * a published one, for its loader to read.
 *
 * Its classes, ten of most, differ only in combinations of small marks; pose, size,
 * place, colours and background vary without regard to the class. By default 600 training and 200
 * test pictures of 160×160 pixels (measured: drawn in 2.4 s on two cores).
 *
 * A folder that was drawn with the same settings and is complete is used again. Otherwise the
 * pictures are drawn beside it and take its place when all is done, so that a run that is cut off
 * leaves the folder as it was. The same settings always give the same drawings.
 *
 * @param dataset {@link miniCub}, {@link miniCubHard}, {@link miniCars}, {@link miniAircraft} or {@link miniDogs}
 * @param root folder of the data set
 * @returns true in `drawn` if it had to be drawn
 * @throws RangeError for impossible settings; UserError when there is something at `root` that was not
 *   drawn here: it is never deleted; when the system refuses to write, with what to do
 */
export async function ensureMini(
  dataset: DrawnDataset,
  root: string,
  { onProgress = () => {}, ...options }: MiniOptions = {},
): Promise<{
  /** False if the folder was used again. */
  drawn: boolean;
}> {
  const settings = miniSettings(dataset, options);
  const folder = resolve(root);
  const replaces = await exists(folder);
  if (replaces) {
    const stamp = await readStamp(dataset, folder);
    if (await isUsable(dataset, folder, stamp, settings)) return { drawn: false };
    await requireNothingElse(dataset, folder, stamp);
  }
  try {
    await draw(dataset, folder, settings, { replaces, onProgress });
    return { drawn: true };
  } catch (error) {
    // Another process may have drawn the same in the meantime.
    const usable = async () =>
      isUsable(dataset, folder, await readStamp(dataset, folder), settings);
    if (!replaces && (await exists(folder)) && (await usable())) return { drawn: false };
    throw forPerson(`[@fbsd/datasets] ensureMini: ${folder}`, 'Nothing is lost', error);
  }
}

/** Draws beside the folder, and moves what was drawn into its place. */
async function draw(
  dataset: DrawnDataset,
  folder: string,
  settings: MiniSettings,
  { replaces, onProgress }: { replaces: boolean } & Required<Pick<MiniOptions, 'onProgress'>>,
): Promise<void> {
  const { name, version } = dataset;
  await mkdir(dirname(folder), { recursive: true });
  const workplace = await mkdtemp(`${folder}.drawing-`);
  try {
    const fresh = join(workplace, 'new');
    const files = await dataset.write(fresh, settings, onProgress);
    const stamp: Stamp = { generator: name, version, settings, files };
    const file = join(fresh, stampFile(dataset));
    await namingPath(file, writeFile(file, `${JSON.stringify(stamp, null, 1)}\n`));
    const old = join(workplace, 'old');
    if (replaces) await movePath(folder, old);
    try {
      await movePath(fresh, folder);
    } catch (error) {
      if (replaces) await movePath(old, folder);
      throw error;
    }
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
}

type Named = Pick<DrawnDataset, 'name' | 'version'>;

function stampFile({ name }: Named): string {
  return `${name.toLowerCase()}.json`;
}

async function readStamp(dataset: Named, folder: string): Promise<Stamp> {
  try {
    const stamp = JSON.parse(
      await readFile(join(folder, stampFile(dataset)), 'utf8'),
    ) as Partial<Stamp>;
    if (stamp.generator === dataset.name && stamp.settings && stamp.files) return stamp as Stamp;
  } catch {
    // No such file, or none of ours: the same error as for a stamp of something else.
  }
  throw new UserError(
    `[@fbsd/datasets] ensureMini: ${folder} is there, but no ${dataset.name} was drawn into it (its ${stampFile(dataset)} is missing). ` +
      'Choose another folder, or give it as data set if it is one.',
  );
}

/** Tells if the folder was drawn with these settings and every file is there, as large as drawn. */
async function isUsable(
  dataset: Named,
  folder: string,
  stamp: Stamp,
  settings: MiniSettings,
): Promise<boolean> {
  const keys = Object.keys(MINI_DEFAULTS) as (keyof MiniSettings)[];
  if (
    stamp.version !== dataset.version ||
    keys.some((key) => stamp.settings[key] !== settings[key])
  ) {
    return false;
  }
  const matches = await Promise.all(
    Object.entries(stamp.files).map(([path, bytes]) =>
      stat(join(folder, path)).then(
        ({ size }) => size === bytes,
        () => false,
      ),
    ),
  );
  return !matches.includes(false);
}

/** Checks, before the folder is replaced, that nobody has put anything else into it. */
async function requireNothingElse(dataset: Named, folder: string, { files }: Stamp): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  const foreign = paths.filter((path) => path !== stampFile(dataset) && !(path in files));
  if (foreign.length === 0) return;
  throw new UserError(
    `[@fbsd/datasets] ensureMini: ${folder} has to be drawn anew, but it holds ${foreign.length} files ` +
      `that were not drawn, such as ${foreign[0]}. Move them away or choose another folder.`,
  );
}

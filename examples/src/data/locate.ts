import { join, resolve } from 'node:path';
import { exists } from './exists.ts';

export interface Layout {
  /** The function that looks for it, for messages. */
  loader: string;
  /** What has to be there, one of the lists completely, relative to the folder. */
  required: readonly (readonly string[])[];
  /** Folders below the given one that may be the data set's own. */
  subfolders: readonly string[];
  /** What to do, as a sentence. */
  advice: string;
}

/**
 * The folder with a data set's files: the given one, or a usual one in it.
 *
 * @returns the folder and which of the lists it holds
 * @throws Error that says what is missing where, and what to do
 */
export async function locate(
  root: string,
  { loader, required, subfolders, advice }: Layout,
): Promise<{ folder: string; layout: number }> {
  const given = resolve(root);
  if (!(await exists(given))) {
    throw new Error(`[@fbsd/examples] ${loader}: there is no folder ${given}. ${advice}`);
  }
  const candidates = [given, ...subfolders.map((name) => join(given, name))];
  let nearest: { folder: string; missing: string[] } | undefined;
  for (const folder of candidates) {
    for (const [layout, files] of required.entries()) {
      const there = await Promise.all(files.map((file) => exists(join(folder, file))));
      const missing = files.filter((_, i) => !there[i]);
      if (missing.length === 0) return { folder, layout };
      const partly = missing.length < files.length;
      if (partly && missing.length < (nearest?.missing.length ?? Number.POSITIVE_INFINITY)) {
        nearest = { folder, missing };
      }
    }
  }
  if (nearest) {
    throw new Error(
      `[@fbsd/examples] ${loader}: ${nearest.folder} is incomplete: it lacks ${nearest.missing.join(', ')}. ${advice}`,
    );
  }
  const wanted = required.map((files) => files.join(', ')).join('; nor of ');
  throw new Error(
    `[@fbsd/examples] ${loader}: found none of ${wanted} in ${candidates.join(' or ')}. ${advice}`,
  );
}

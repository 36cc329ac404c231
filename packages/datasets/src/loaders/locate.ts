import { join, resolve } from 'node:path';
import { UserError } from '@fbsd/trainer';
import { exists } from '../files/exists.ts';

/** The files by which a data set is known. */
export interface Layout {
  /** The function that looks for them, for messages. */
  loader: string;
  /** Lists of paths in the folder; all of one list have to be there. */
  required: readonly (readonly string[])[];
  /** Folders below the given one that may be the data set's own. */
  subfolders: readonly string[];
  /** Says what to do where they are missing: a sentence. */
  advice: string;
}

/** Computes the share of a data set's files that a folder, or a usual one in it, holds: 0 to 1. */
export async function shareThere(root: string, { required, subfolders }: Layout): Promise<number> {
  let most = 0;
  for (const folder of candidatesFor(root, subfolders)) {
    for (const files of required) {
      const missing = await missingOf(folder, files);
      most = Math.max(most, 1 - missing.length / files.length);
    }
  }
  return most;
}

/**
 * Finds the folder with a data set's files: the given one, or a usual one in it.
 *
 * @returns the folder and which of the lists it holds
 * @throws UserError that says what is missing where, and what to do
 */
export async function locate(
  root: string,
  { loader, required, subfolders, advice }: Layout,
): Promise<{ folder: string; layout: number }> {
  const given = resolve(root);
  if (!(await exists(given))) {
    throw new UserError(`[@fbsd/datasets] ${loader}: there is no folder ${given}. ${advice}`);
  }
  const candidates = candidatesFor(given, subfolders);
  let nearest: { folder: string; missing: string[] } | undefined;
  for (const folder of candidates) {
    for (const [layout, files] of required.entries()) {
      const missing = await missingOf(folder, files);
      if (missing.length === 0) return { folder, layout };
      const partly = missing.length < files.length;
      if (partly && missing.length < (nearest?.missing.length ?? Number.POSITIVE_INFINITY)) {
        nearest = { folder, missing };
      }
    }
  }
  if (nearest) {
    throw new UserError(
      `[@fbsd/datasets] ${loader}: ${nearest.folder} is incomplete: it lacks ${nearest.missing.join(', ')}. ${advice}`,
    );
  }
  const wanted = required.map((files) => files.join(', ')).join('; nor of ');
  throw new UserError(
    `[@fbsd/datasets] ${loader}: found none of ${wanted} in ${candidates.join(' or ')}. ${advice}`,
  );
}

function candidatesFor(root: string, subfolders: readonly string[]): string[] {
  return [resolve(root), ...subfolders.map((name) => resolve(root, name))];
}

async function missingOf(folder: string, files: readonly string[]): Promise<string[]> {
  const there = await Promise.all(files.map((file) => exists(join(folder, file))));
  return files.filter((_, i) => !there[i]);
}

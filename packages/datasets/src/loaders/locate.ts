import { join, resolve } from 'node:path';
import { UserError } from '@fbsd/trainer';
import { exists, isFolder } from '../files/exists.ts';
import { foldersIn } from '../files/walk.ts';

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
  for (const folder of await candidatesFor(root, subfolders)) {
    for (const files of required) {
      const missing = await missingOf(folder, files);
      most = Math.max(most, 1 - missing.length / files.length);
    }
  }
  return most;
}

/**
 * Finds the folder with a data set's files: the given one, a usual one in it, or one that is wrapped in others.
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
  let nearest: { folder: string; missing: string[] } | undefined;
  for (const folder of await candidatesFor(given, subfolders)) {
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
    `[@fbsd/datasets] ${loader}: found none of ${wanted} in ${usualFolders(given, subfolders).join(' or ')}. ${advice}`,
  );
}

function usualFolders(root: string, subfolders: readonly string[]): string[] {
  return [resolve(root), ...subfolders.map((name) => resolve(root, name))];
}

/** How deep a data set may lie in folders that archives and people put around it. */
const WRAPPINGS = 2;
/** A folder with more folders is no wrapping, but one with classes. */
const MOST_IN_WRAPPING = 8;

/** Folders that may be the data set's own: the given one and the usual ones in it, then those in what it wraps. */
async function candidatesFor(root: string, subfolders: readonly string[]): Promise<Set<string>> {
  let around = [resolve(root)];
  const wrappings = [...around];
  for (let depth = 0; depth < WRAPPINGS; depth++) {
    around = (await Promise.all(around.map(wrapped))).flat();
    wrappings.push(...around);
  }
  return new Set(wrappings.flatMap((folder) => usualFolders(folder, subfolders)));
}

async function wrapped(folder: string): Promise<string[]> {
  if (!(await isFolder(folder))) return [];
  const names = await foldersIn(folder);
  return names.length <= MOST_IN_WRAPPING ? names.map((name) => join(folder, name)) : [];
}

async function missingOf(folder: string, files: readonly string[]): Promise<string[]> {
  const there = await Promise.all(files.map((file) => exists(join(folder, file))));
  return files.filter((_, i) => !there[i]);
}

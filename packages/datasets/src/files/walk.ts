import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isHidden } from './hidden.ts';

/** What a folder and the folders below hold. */
export interface Walk {
  /** Paths of all files below the folder, sorted. */
  files: string[];
  /** Paths of hidden files and folders, which are left out, sorted. */
  hidden: string[];
}

/**
 * Lists the files of a folder and of those below. Links to folders are followed, to each folder once, so that those
 * that lead back end.
 *
 * @returns paths relative to the folder
 */
export async function walk(folder: string): Promise<Walk> {
  const found: Walk = { files: [], hidden: [] };
  const seen = new Set<string>();
  const visit = async (below: string): Promise<void> => {
    const real = await realpath(join(folder, below));
    if (seen.has(real)) return;
    seen.add(real);
    const links: string[] = [];
    for (const entry of await readdir(real, { withFileTypes: true })) {
      const path = join(below, entry.name);
      if (isHidden(entry.name)) found.hidden.push(path);
      else if (entry.isDirectory()) await visit(path);
      else if (entry.isSymbolicLink() && (await leadsToFolder(join(folder, path))))
        links.push(path);
      else found.files.push(path);
    }
    for (const link of links.sort()) await visit(link); // a folder's own place goes first
  };
  await visit('');
  return { files: found.files.sort(), hidden: found.hidden.sort() };
}

/** Names of the folders in a folder that are not hidden, links to folders included, in their order. */
export async function foldersIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (isHidden(entry.name)) continue;
    const linked = entry.isSymbolicLink() && (await leadsToFolder(join(folder, entry.name)));
    if (entry.isDirectory() || linked) names.push(entry.name);
  }
  return names.sort();
}

/** Names of the hidden files and folders in a folder, in their order. */
export async function hiddenIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter(isHidden).sort();
}

async function leadsToFolder(link: string): Promise<boolean> {
  return stat(link).then(
    (stats) => stats.isDirectory(),
    () => false, // leads nowhere
  );
}

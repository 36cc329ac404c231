import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { movePath } from '@fbsd/datasets';
import { UserError } from '@fbsd/trainer';
import { create, type Font } from 'fontkit';
import { type Family, fontFile, packageOf, WEIGHTS } from './families.ts';
import type { fetchPackages } from './fetch-fonts.ts';

/** A file that is written last, with the families that the folder holds. */
const STAMP = 'families.json';

/**
 * Makes sure that the font files of the families, with their licences, are in a folder. What is there is used again;
 * otherwise the packages are fetched beside the folder, and what is needed of them is moved into its place.
 *
 * @param fetch installs packages into `node_modules` of a folder
 * @returns true if they had to be fetched
 * @throws UserError when they cannot be fetched, or the folder holds something else
 */
export async function ensureFonts(
  root: string,
  families: readonly Family[],
  fetch: typeof fetchPackages,
): Promise<boolean> {
  const folder = resolve(root);
  const stamp = JSON.stringify(families);
  const found = await readFile(join(folder, STAMP), 'utf8').catch(() => undefined);
  if (found === stamp && (await isComplete(folder, families))) return false;
  if (found === undefined && (await exists(folder))) {
    throw new UserError(
      `[typefaces] ${folder} holds something else than the fonts. Move it away and start again.`,
    );
  }
  await mkdir(dirname(folder), { recursive: true });
  const workplace = await mkdtemp(`${folder}.fetching-`);
  try {
    await fetch(workplace, families);
    const fresh = join(workplace, 'fonts');
    for (const family of families) {
      const from = join(workplace, 'node_modules', packageOf(family));
      await cp(join(from, 'LICENSE'), join(fresh, family.name, 'LICENSE'));
      for (const file of filesOf(family)) {
        await cp(join(from, 'files', file), join(fresh, family.name, file));
      }
    }
    await writeFile(join(fresh, STAMP), stamp);
    await rm(folder, { recursive: true, force: true });
    await movePath(fresh, folder);
    return true;
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
}

/** Reads the weights of a family from the folder. */
export function openFonts(folder: string, family: Family): Promise<Font[]> {
  return Promise.all(
    filesOf(family).map(
      async (file) => create(await readFile(join(folder, family.name, file))) as Font,
    ),
  );
}

function filesOf(family: Family): string[] {
  return WEIGHTS.map((weight) => fontFile(family, weight));
}

async function isComplete(folder: string, families: readonly Family[]): Promise<boolean> {
  const files = families.flatMap((f) => ['LICENSE', ...filesOf(f)].map((file) => [f.name, file]));
  const found = await Promise.all(files.map((path) => exists(join(folder, ...path))));
  return !found.includes(false);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@fbsd/trainer';

const FILE = 'labels.json';

/** Writes the names of a model's classes, by class index, beside the model, where a page can read them too. */
export async function writeLabels(directory: string, names: readonly string[]): Promise<void> {
  await writeFile(join(directory, FILE), `${JSON.stringify(names, null, 2)}\n`, { flush: true });
}

/** Reads the names of a model's classes. @throws Error when they are missing or not a list of names */
export async function readLabels(directory: string): Promise<string[]> {
  const file = join(directory, FILE);
  const names: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  throw new UserError(`[fbsd] ${file}: expected a list of class names.`);
}

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { configFile } from './run-config.ts';

/** The runs in some folders of runs, the one that was begun last first. */
export async function runsByAge(folders: readonly string[]): Promise<string[]> {
  const runs = (await Promise.all(folders.map(runsIn))).flat();
  return runs
    .sort((a, b) => b.begun - a.begun || (a.path < b.path ? 1 : -1))
    .map(({ path }) => path);
}

/** Folders with a config, and the time in milliseconds when it was written. */
async function runsIn(folder: string): Promise<{ path: string; begun: number }[]> {
  const names = await readdir(folder).catch(() => []); // no folder, no runs
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const config = await stat(configFile(path)).catch(() => undefined);
      return config ? [{ path, begun: config.mtimeMs }] : [];
    }),
  );
  return found.flat();
}

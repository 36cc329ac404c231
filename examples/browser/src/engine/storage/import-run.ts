import type { IndexedDbRuns } from '@fbsd/trainer/web';
import type { NamedBlob } from '../engine.ts';
import { unpacked } from '../files/unpacked.ts';

const CONFIG = /(?:^|\/)config\.json$/;

/**
 * Takes a run that comes from elsewhere: its folder or its ZIP, of a page or of `fbsd train`.
 *
 * @returns its name here: that of its folder or archive, with a number where there is one of that name
 * @throws UserError that says what is missing or damaged; nothing is kept then
 */
export async function importRun(runs: IndexedDbRuns, given: readonly NamedBlob[]): Promise<string> {
  const files = await unpacked(given);
  const taken = new Set((await runs.list()).map(({ name }) => name));
  const named = nameOf(files) ?? given[0]?.path.replace(/\.zip$/i, '') ?? 'run';
  let name = named;
  for (let number = 2; taken.has(name); number++) name = `${named} ${number}`;
  await runs.add(name, files);
  return name;
}

/** The name of the folder with the config. */
function nameOf(files: readonly NamedBlob[]): string | undefined {
  const configs = files.map(({ path }) => path).filter((path) => CONFIG.test(path));
  const [first] = configs.sort((a, b) => a.split('/').length - b.split('/').length);
  return first?.split('/').at(-2);
}

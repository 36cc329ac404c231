import { win32 } from 'node:path';
import { readRunConfig } from '../run/run-config.ts';
import { runOf } from '../run/run-directory.ts';
import { isAddress } from '../settings/published-weights.ts';

/**
 * The settings that a model was trained with, to be given away with it: without paths and addresses, which are nobody's
 * business elsewhere.
 *
 * @param folder of a run, of one of its checkpoints, or of a model
 * @returns null for a model that lies in no run, or in one whose settings cannot be read
 */
export async function settingsToGive(folder: string): Promise<Record<string, unknown> | null> {
  const run = runOf(folder);
  const config = run === null ? null : await readRunConfig(run).catch(() => null);
  if (config === null) return null;
  // By the rules of Windows /a/path is absolute, too: a run may come from another system.
  const isPlace = (value: unknown) =>
    typeof value === 'string' && (win32.isAbsolute(value) || isAddress(value));
  return Object.fromEntries(Object.entries(config.settings).filter(([, value]) => !isPlace(value)));
}

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@fbsd/trainer';
import { configFile, readRunConfig } from '../run/run-config.ts';
import { checkOutputDirectory } from '../run/run-directory.ts';
import { parseCommandLine } from '../settings/command-line.ts';
import { flagOf } from '../settings/flags.ts';
import { completeSettings, FREE_ON_RESUME, type Settings } from '../settings/settings.ts';
import { readDataFlags } from '../setup/download.ts';
import { datasetOf } from '../setup/open.ts';
import { OUTPUTS } from './outputs.ts';
import type { Variant } from './variants.ts';

/** A run of an ablation: of a variant and a seed. */
export interface AblationRun {
  variant: Variant;
  seed: number;
  directory: string;
  /** Of `fbsd train`, without its folder. */
  args: readonly string[];
}

/** The runs of an ablation, those of a seed together: what is interrupted has pairs. */
export function runsOf(
  out: string,
  shared: readonly string[],
  variants: readonly Variant[],
  seeds: readonly number[],
): AblationRun[] {
  return seeds.flatMap((seed) =>
    variants.map((variant) => ({
      ...{ variant, seed, directory: join(out, variant.folder, `seed-${seed}`) },
      args: [...shared, ...variant.flags, '--seed', String(seed)],
    })),
  );
}

/** Tells if a run has begun. */
export function hasBegun({ directory }: Pick<AblationRun, 'directory'>): boolean {
  return existsSync(configFile(directory));
}

/**
 * Checks a folder before anything is trained in it: it is new or empty, or an ablation's, whose runs have the settings that
 * they would have if they began now. Where the data lies, the backend and how often is logged and saved may differ.
 *
 * @param names of the flags that runs take
 * @throws UserError that names the run and the settings that differ
 */
export async function checkRuns(
  out: string,
  runs: readonly AblationRun[],
  names: Parameters<typeof parseCommandLine>[1],
): Promise<void> {
  if (!(await isAblation(out, runs))) {
    await checkOutputDirectory(out, ', or that of an earlier ablation');
  }
  for (const run of runs.filter(hasBegun)) {
    const flags = readDataFlags(parseCommandLine(run.args, names).given);
    const expected = completeSettings(await datasetOf(flags), flags);
    const { settings } = await readRunConfig(run.directory);
    const free = new Set(FREE_ON_RESUME);
    free.delete('totalEpochs');
    // A batch that did not fit into the memory has become several.
    for (const key of ['batchSize', 'accumulate'] as const) if (!(key in flags)) free.add(key);
    const differing = (Object.keys(expected) as (keyof Settings)[]).filter(
      (key) => expected[key] !== settings[key] && !free.has(key),
    );
    if (differing.length === 0) continue;
    const list = differing.map((key) => `${flagOf(key)} ${settings[key]} → ${expected[key]}`);
    throw new UserError(
      `[fbsd] ablate: the run in ${run.directory} has other settings: ${list.join(', ')}. Give those that it began with, or choose another folder with --out.`,
    );
  }
}

/** Tells if a folder holds something, and nothing but what an ablation of these variants leaves. */
async function isAblation(out: string, runs: readonly AblationRun[]): Promise<boolean> {
  const names = await readdir(out).catch(() => []); // no folder, or none: that is looked at next
  const own = [...runs.map(({ variant }) => variant.folder), ...Object.values(OUTPUTS)];
  return names.length > 0 && names.every((name) => own.includes(name.replace(/^\./, '')));
}

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ComparedRun, UserError } from '@fbsd/trainer';
import { isRecord, RESTORE, shown } from '@fbsd/trainer/run-files';
import { type FinalResult, TEST_FILE } from '../report/final-test.ts';
import { readRunConfig } from '../run/run-config.ts';
import type { Settings } from '../settings/settings.ts';
import type { AblationRun } from './runs.ts';

/** The result of a run of an ablation. */
export interface RunResult extends ComparedRun {
  /** Below the folder of the run. */
  model: string;
  /** The epoch that the model is of. */
  epoch: number;
  /** Test images. */
  images: number;
  dataset: string;
}

/** Tells if a run has come to its end, and its test with it. */
export function isFinished({ directory }: Pick<AblationRun, 'directory'>): boolean {
  return existsSync(join(directory, TEST_FILE));
}

/** Reads the result of a run that is finished. @throws UserError that names the file when it is damaged */
export async function readResult({ variant, seed, directory }: AblationRun): Promise<RunResult> {
  const file = join(directory, TEST_FILE);
  const { accuracy, heads, model, epoch, images, dataset } = decode(
    await readFile(file, 'utf8'),
    file,
  );
  const own = heads.map(({ name, accuracy }) => ({ name: String(name), accuracy }));
  return { variant: variant.name, seed, accuracy, heads: own, model, epoch, images, dataset };
}

function decode(text: string, file: string): FinalResult {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    content = text;
  }
  const share = (value: unknown) => typeof value === 'number';
  const { accuracy, heads, model, epoch, images, dataset } = isRecord(content) ? content : {};
  const whole =
    [accuracy, epoch, images].every(share) &&
    [model, dataset].every((value) => typeof value === 'string') &&
    Array.isArray(heads) &&
    heads.every((head) => isRecord(head) && share(head['accuracy']));
  if (whole) return content as FinalResult;
  throw new UserError(
    `[fbsd] ${file} is damaged: expected accuracy, heads, model, epoch, images and dataset; got ${shown(content)}. ${RESTORE} Without it, the run is tested again.`,
  );
}

/** The settings that all runs have in common. */
export async function commonSettings(runs: readonly AblationRun[]): Promise<Partial<Settings>> {
  const all = await settingsOf(runs);
  return Object.fromEntries(
    Object.entries(all[0] ?? {}).filter(([key, value]) =>
      all.every((other) => other[key as keyof Settings] === value),
    ),
  );
}

/**
 * Checks that runs whose batch nobody chose trained by batches of the same size: where the memory had no room for one, a
 * run took smaller ones.
 *
 * @throws UserError that names the sizes
 */
export async function requireSameBatches(runs: readonly AblationRun[]): Promise<void> {
  const free = runs.filter(({ args }) => !args.some((word) => word.startsWith('--batch-size')));
  const sizes = (await settingsOf(free)).map(({ batchSize }) => batchSize);
  const different = [...new Set(sizes)].sort((a, b) => a - b);
  if (different.length < 2) return;
  throw new UserError(
    `[fbsd] ablate: the runs have batches of ${different.join(' and ')} images, for which the memory had room: they cannot be compared. Begin anew with --batch-size ${different[0]}, in another folder.`,
  );
}

function settingsOf(runs: readonly AblationRun[]): Promise<Settings[]> {
  return Promise.all(runs.map(async ({ directory }) => (await readRunConfig(directory)).settings));
}

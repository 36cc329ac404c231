import { resolve } from 'node:path';
import { UserError } from '@fbsd/trainer';
import { type Ablation, sayResults, writeOutputs } from '../ablation/outputs.ts';
import { commonSettings, isFinished, readResult, requireSameBatches } from '../ablation/results.ts';
import { type AblationRun, checkRuns, hasBegun, runsOf } from '../ablation/runs.ts';
import { readSeeds, SEEDS_HELP } from '../ablation/seeds.ts';
import {
  OF_NETWORKS,
  PLAIN_FACTOR,
  PLAIN_FACTOR_HELP,
  type Variants,
  variantsOf,
  withPlainFactor,
} from '../ablation/variants.ts';
import { say } from '../display/say.ts';
import { flagLines, type Given, type Names, parseCommandLine } from '../settings/command-line.ts';
import { FLAGS, SWITCHES } from '../settings/flags.ts';
import { helpOf } from '../settings/help.ts';
import { RECIPE_HELP } from '../settings/recipes.ts';
import { completeSettings } from '../settings/settings.ts';
import { DOWNLOAD_HELP, readDataFlags } from '../setup/download.ts';
import { datasetOf } from '../setup/open.ts';
import { train } from './train.ts';

const SHARED = Object.keys(FLAGS).filter((name) => !OF_NETWORKS.includes(name));

export const ABLATE_HELP = `Trains networks with the same settings and seeds and compares them: the plain one, with FBSD's head of three
levels, and that with feature boosting and suppression (+FBSM), with diversification (+FDM), with both (FBSD).

Usage: fbsd ablate --out DIR [flags] [-- VARIANT VARIANT …]

${flagLines({
  'out DIR':
    'folder of the runs, ablation.json, .md and .html: a new or empty one, or an earlier ablation',
  ...SEEDS_HELP,
  ...PLAIN_FACTOR_HELP,
  'recipe NAME': RECIPE_HELP,
  ...helpOf([...SHARED, ...Object.keys(SWITCHES)]),
  download: DOWNLOAD_HELP,
  help: 'this text',
})}

Each variant has a run for each seed, in a folder of its own. Started anew with the same flags it goes on where it was
interrupted; with more seeds it trains those that are missing. With --validation-split each run chooses its
epoch by images of training.

After -- others are compared than the networks: each word has the flags of a variant, and all are compared with the first, as in
  fbsd ablate --out DIR --seeds 5 -- '--recipe cosine' '--recipe modern'
`;

/** The flags of a run. */
const OF_RUNS: Names = {
  values: [...Object.keys(FLAGS), 'recipe'],
  switches: [...Object.keys(SWITCHES), 'download'],
};

/** The `ablate` command. @returns the exit code */
export async function ablate(args: readonly string[]): Promise<number> {
  const { given, positionals } = parseCommandLine(args, {
    values: [...SHARED, 'recipe', 'seeds', PLAIN_FACTOR, 'out'],
    switches: [...OF_RUNS.switches, 'help'],
    positionals: true,
  });
  if (given['help']) {
    process.stdout.write(ABLATE_HELP);
    return 0;
  }
  if (typeof given['out'] !== 'string') {
    throw new UserError('[fbsd] ablate: name a folder with --out. See fbsd ablate --help.');
  }
  const out = resolve(given['out']);
  const seeds = readSeeds(given);
  const chosen = await variantsOfFlags(given, positionals);
  const { variants } = chosen;
  const runs = runsOf(out, sharedArgs(given), variants, seeds);
  await checkRuns(out, runs, OF_RUNS);

  let files: readonly string[] = [];
  for (const [i, run] of runs.entries()) {
    if (!isFinished(run)) {
      const code = await trainRun(run, `${i + 1} of ${runs.length}`);
      if (code !== 0) return code;
    }
    const done = runs.slice(0, i + 1);
    await requireSameBatches(done);
    files = await writeOutputs(out, await ablationOf(done, { ...chosen, seeds }));
  }
  say('');
  sayResults(await ablationOf(runs, { ...chosen, seeds }), say);
  say('');
  say(`written to ${out}: ${files.join(', ')}`);
  return 0;
}

/** The variants of the words after --, or the networks. */
async function variantsOfFlags(given: Given, words: readonly string[]): Promise<Variants> {
  const variants = variantsOf(words);
  const factor = given[PLAIN_FACTOR];
  if (typeof factor !== 'string') return variants;
  const flags = readDataFlags(parseCommandLine(sharedArgs(given), OF_RUNS).given);
  return withPlainFactor(variants, factor, completeSettings(await datasetOf(flags), flags));
}

/** The flags that all runs get. */
function sharedArgs(given: Given): string[] {
  return Object.entries(given)
    .filter(([name]) => !['out', 'seed', 'seeds', PLAIN_FACTOR].includes(name))
    .map(([name, value]) => (value === true ? `--${name}` : `--${name}=${value}`));
}

/** Trains a run, or goes on with it. @returns the exit code */
async function trainRun(run: AblationRun, place: string): Promise<number> {
  const { variant, seed, directory, args } = run;
  const title = `${variant.name}, seed ${seed} (${place})`;
  say('');
  say(`── ${title} ${'─'.repeat(Math.max(0, 60 - title.length))}`);
  const resume = hasBegun(run) ? ['--resume'] : [];
  const code = await train([...args, ...resume, '--out', directory]);
  if (code !== 0) {
    say('The same ablation, started anew with the same flags, goes on here.');
    return code;
  }
  if (isFinished(run)) return 0;
  throw new UserError('[fbsd] ablate: the data has no test images, so nothing can be compared.');
}

async function ablationOf(
  runs: readonly AblationRun[],
  of: Omit<Ablation, 'runs' | 'settings'>,
): Promise<Ablation> {
  return {
    ...of,
    runs: await Promise.all(runs.map(readResult)),
    settings: await commonSettings(runs),
  };
}

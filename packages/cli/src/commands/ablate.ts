import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { headNames } from '@fbsd/fbsd';
import { type EpochLine, UserError } from '@fbsd/trainer';
import { percent } from '@fbsd/trainer/format';
import { say } from '../display/say.ts';
import { readMetrics } from '../run/metrics-file.ts';
import { checkOutputDirectory, readRunConfig } from '../run/run-directory.ts';
import { flagLines, parseCommandLine } from '../settings/command-line.ts';
import { FLAGS, helpOf, SWITCHES } from '../settings/flags.ts';
import { DOWNLOAD_HELP } from '../setup/download.ts';
import { train } from './train.ts';

/** The network without its modules, with one of them, and with both. */
const VARIANTS = [
  { name: 'baseline', flags: ['--alpha', '0', '--beta', '0', '--gamma', '0'] },
  { name: 'fbsm', flags: ['--gamma', '0'] },
  { name: 'fdm', flags: ['--alpha', '0', '--beta', '0'] },
  { name: 'fbsd', flags: [] },
] as const;

const TITLES = {
  baseline: 'baseline',
  fbsm: 'baseline + FBSM',
  fdm: 'baseline + FDM',
  fbsd: 'FBSD',
} as const;

const OWN = ['alpha', 'beta', 'gamma'];
const SHARED = Object.keys(FLAGS).filter((name) => !OWN.includes(name));

export const ABLATE_HELP = `Trains four networks with the same settings and seed and compares them: without the modules
(baseline), with feature boosting and suppression, with diversification, with both (FBSD).

Usage: fbsd ablate --out DIR [flags]

${flagLines({
  'out …': 'folder of the four runs and of ablation.md: a new or empty one, or an earlier ablation',
  ...helpOf([...SHARED, ...Object.keys(SWITCHES)]),
  download: DOWNLOAD_HELP,
  help: 'this text',
})}

Started anew on the folder of one that was interrupted, it goes on where that one stopped.
`;

/** The `ablate` command. @returns the exit code */
export async function ablate(args: readonly string[]): Promise<number> {
  const { given } = parseCommandLine(args, {
    values: [...SHARED, 'out'],
    switches: [...Object.keys(SWITCHES), 'download', 'help'],
  });
  if (given['help']) {
    process.stdout.write(ABLATE_HELP);
    return 0;
  }
  if (typeof given['out'] !== 'string') {
    throw new UserError('[fbsd] ablate: name a folder with --out. See fbsd ablate --help.');
  }
  const out = resolve(given['out']);
  if (!existsSync(join(out, VARIANTS[0].name, 'config.json'))) {
    await checkOutputDirectory(out, ', or that of an earlier ablation');
  }
  const shared = Object.entries(given)
    .filter(([name]) => name !== 'out')
    .flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, String(value)]));
  for (const { name, flags } of VARIANTS) {
    const directory = join(out, name);
    const resume = existsSync(join(directory, 'config.json')) ? ['--resume'] : [];
    say(`\n── ${TITLES[name]} ${'─'.repeat(60 - TITLES[name].length)}`);
    const code = await train([...shared, ...flags, ...resume, '--out', directory]);
    if (code !== 0) return code;
    if ((await lastTest(directory)) === undefined) {
      throw new UserError(
        '[fbsd] ablate: the data has no test images, so nothing can be compared.',
      );
    }
  }
  const table = await compare(out);
  await writeFile(join(out, 'ablation.md'), table, { flush: true });
  say(`\n${table}\nwritten to ${join(out, 'ablation.md')}`);
  return 0;
}

/** The last test of a run; undefined when nothing was tested. */
async function lastTest(directory: string) {
  const lines = await readMetrics(directory);
  return lines.flatMap((line) => (line.kind === 'epoch' && line.test ? [line.test] : [])).at(-1);
}

/** The accuracies after the last epoch, as a table in Markdown. */
async function compare(out: string): Promise<string> {
  const rows: string[] = [];
  let names: readonly string[] = [];
  for (const { name } of VARIANTS) {
    const test = (await lastTest(join(out, name))) as NonNullable<EpochLine['test']>;
    names = [...headNames(test.heads.length), 'combined'];
    const shares = [...test.heads, test.accuracy].map((share) => percent(share));
    rows.push(`| ${TITLES[name]} | ${shares.join(' | ')} |`);
  }
  const { settings } = await readRunConfig<Record<string, unknown>>(join(out, VARIANTS[0].name));
  const decisive = ['dataset', 'arch', 'imageSize', 'batchSize', 'totalEpochs', 'seed'];
  return [
    `Test accuracy after the last epoch; ${decisive.map((key) => `${key} ${settings[key]}`).join(', ')}.`,
    '',
    `| | ${names.join(' | ')} |`,
    `| --- |${' --- |'.repeat(names.length)}`,
    ...rows,
    '',
  ].join('\n');
}

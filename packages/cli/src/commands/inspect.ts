import { mkdir, writeFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { diskPictures, findPictures } from '@fbsd/datasets';
import { explain, readableName, UserError } from '@fbsd/trainer';
import { percent } from '@fbsd/trainer/format';
import { say } from '../display/say.ts';
import { levelPngs } from '../report/level-pngs.ts';
import { writeReport } from '../report/write-report.ts';
import { checkOutputDirectory } from '../run/run-directory.ts';
import { flagLines, parseCommandLine } from '../settings/command-line.ts';
import { helpOf, readFlags } from '../settings/flags.ts';
import { openBackend } from '../setup/open.ts';
import { MODEL_HELP, openModel } from '../setup/trained.ts';
import { forUser } from '../user-errors.ts';

export const INSPECT_HELP = `Shows what each level of a model boosted and suppressed in pictures: a page and picture files.

Usage: fbsd inspect PICTURE… --out DIR [flags]
A folder stands for the pictures in it.

${flagLines({
  'out …': 'folder for the page and the pictures: a new or empty one',
  'model …': MODEL_HELP,
  ...helpOf(['backend', 'allow-software']),
  help: 'this text',
})}
`;

/** The `inspect` command. @returns the exit code */
export async function inspect(args: readonly string[]): Promise<number> {
  const { given, positionals } = parseCommandLine(args, {
    values: ['model', 'out', 'backend'],
    switches: ['allow-software', 'help'],
    positionals: true,
  });
  if (given['help']) {
    process.stdout.write(INSPECT_HELP);
    return 0;
  }
  if (positionals.length === 0 || typeof given['out'] !== 'string') {
    throw new UserError('[fbsd] inspect: name pictures and, with --out, a folder. See --help.');
  }
  const out = resolve(given['out']);
  await checkOutputDirectory(out);
  const paths = await findPictures(positionals.map((path) => resolve(path)));
  await openBackend(readFlags(given), say);
  const { model, classNames, imageSize, directory } = await openModel(given);
  say(`model    ${directory}`);
  try {
    const pictures = paths.map((path) => ({ path, file: basename(path) }));
    const samples = await forUser(() => explain(model, pictures, diskPictures, imageSize));
    await mkdir(out, { recursive: true });
    for (const [i, sample] of samples.entries()) {
      // Numbered, since pictures of several folders may have the same name.
      const name = `${i + 1}-${basename(sample.file, extname(sample.file))}`;
      for (const { level, shows, png } of await levelPngs(sample)) {
        await writeFile(join(out, `${name}-level${level}-${shows}.png`), png);
      }
      const { predicted, combined } = sample.inspection;
      const probability = percent(combined[predicted] as number);
      say(`${sample.file}  ${classNames[predicted]} ${probability}`);
    }
    const report = join(out, 'report.html');
    await writeReport(report, {
      title: 'What each level saw',
      settings: { model: directory },
      metrics: [],
      classNames: classNames.map(readableName),
      samples,
    });
    say(`report   ${report}`);
    return 0;
  } finally {
    model.dispose();
  }
}

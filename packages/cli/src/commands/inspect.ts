import { mkdir, writeFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { diskPicturesWithin, findPictures } from '@fbsd/datasets';
import { explain, preparationOf, type ReportSample, readableName, UserError } from '@fbsd/trainer';
import { percent } from '@fbsd/trainer/format';
import { printable } from '../display/printable.ts';
import { say, sayAside } from '../display/say.ts';
import { levelPngs } from '../report/level-pngs.ts';
import { writeReport } from '../report/write-report.ts';
import { checkOutputDirectory } from '../run/run-directory.ts';
import { flagLines, parseCommandLine } from '../settings/command-line.ts';
import { readFlags } from '../settings/flags.ts';
import { helpOf } from '../settings/help.ts';
import { imagesAtOnce } from '../setup/images-at-once.ts';
import { openBackend } from '../setup/open.ts';
import { groups, imagesOf, PICTURES_AT_ONCE } from '../setup/pictures.ts';
import {
  MODEL_HELP,
  modelFolder,
  openClassifier,
  requireUsualPreprocessing,
} from '../setup/trained.ts';
import { forUser } from '../user-errors.ts';

export const INSPECT_HELP = `Shows what each level of a model boosted and suppressed in pictures: a page and picture files.

Usage: fbsd inspect PICTURE… --out DIR [flags]
A folder stands for the pictures in it.

${flagLines({
  'out DIR': 'folder for the page and the pictures: a new or empty one',
  'model DIR': MODEL_HELP,
  'dataset NAME': 'without --model: the newest run on this data set',
  ...helpOf(['backend', 'allow-software', 'max-pixels']),
  help: 'this text',
})}
`;

/** The `inspect` command. @returns the exit code: 1 when a picture could not be read */
export async function inspect(args: readonly string[]): Promise<number> {
  const { given, positionals } = parseCommandLine(args, {
    values: ['model', 'dataset', 'out', 'backend', 'max-pixels'],
    switches: ['allow-software', 'help'],
    positionals: true,
  });
  if (given['help']) {
    process.stdout.write(INSPECT_HELP);
    return 0;
  }
  const flags = readFlags(given);
  if (positionals.length === 0 || typeof given['out'] !== 'string') {
    throw new UserError('[fbsd] inspect: name pictures and, with --out, a folder. See --help.');
  }
  const pictures = diskPicturesWithin(flags);
  const out = resolve(given['out']);
  await checkOutputDirectory(out);
  const paths = await findPictures(positionals);
  const folder = await modelFolder(given, flags);
  const backend = await openBackend(flags, say);
  const opened = await openClassifier(folder);
  const { model, classNames, imageSize, directory, preprocessing } = opened;
  say(`model    ${printable(directory)}`);
  try {
    requireUsualPreprocessing('inspect', opened);
    const prepare = preparationOf(preprocessing);
    const samples: ReportSample[] = [];
    const wished = { model, backend, batchSize: PICTURES_AT_ONCE, given: false };
    for (const files of groups(paths, imagesAtOnce(wished, sayAside))) {
      // Decoded twice, so that one that cannot be is known before the model looks at the others.
      const named = await imagesOf(files, pictures, prepare);
      for (const one of named) if ('fault' in one) sayAside(one.fault);
      const decodable = named.flatMap((one) =>
        'image' in one ? [{ path: one.file, file: basename(one.file) }] : [],
      );
      if (decodable.length === 0) continue;
      samples.push(...(await forUser(() => explain(model, decodable, pictures, imageSize))));
    }
    if (samples.length === 0) return 1;
    await mkdir(out, { recursive: true });
    for (const [i, sample] of samples.entries()) {
      // Numbered, since pictures of several folders may have the same name.
      const name = `${i + 1}-${basename(sample.file, extname(sample.file))}`;
      for (const { level, shows, png } of await levelPngs(sample)) {
        await writeFile(join(out, `${name}-level${level}-${shows}.png`), png);
      }
      const { predicted, combined } = sample.inspection;
      const probability = percent(combined[predicted] as number);
      say(
        `${printable(sample.file)}  ${printable(classNames[predicted] as string)} ${probability}`,
      );
    }
    const report = join(out, 'report.html');
    await writeReport(report, {
      title: 'What each level saw',
      settings: { model: directory },
      metrics: [],
      classNames: classNames.map(readableName),
      samples,
    });
    say(`report   ${printable(report)}`);
    return samples.length < paths.length ? 1 : 0;
  } finally {
    model.dispose();
  }
}

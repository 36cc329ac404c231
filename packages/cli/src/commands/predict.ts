import { diskPicturesWithin, findPictures } from '@fbsd/datasets';
import { predict as likeliest, preparationOf, UserError } from '@fbsd/trainer';
import { percent } from '@fbsd/trainer/format';
import { JSON_HELP, JsonOutput } from '../display/json-output.ts';
import { printable } from '../display/printable.ts';
import { sayAside } from '../display/say.ts';
import { flagLines, parseCommandLine } from '../settings/command-line.ts';
import { readFlags, readValue } from '../settings/flags.ts';
import { helpOf } from '../settings/help.ts';
import { wholeNumber } from '../settings/values.ts';
import { imagesAtOnce } from '../setup/images-at-once.ts';
import { openBackend } from '../setup/open.ts';
import { groups, imagesOf, PICTURES_AT_ONCE } from '../setup/pictures.ts';
import { MODEL_HELP, modelFolder, openClassifier } from '../setup/trained.ts';

const TOP = 5;

export const PREDICT_HELP = `Says what pictures show.

Usage: fbsd predict PICTURE… [flags]
A folder stands for the pictures in it.

${flagLines({
  'model DIR': MODEL_HELP,
  'dataset NAME': 'without --model: the newest run on this data set',
  'top N': `how many classes of each picture (default ${TOP})`,
  ...helpOf(['backend', 'allow-software', 'max-pixels', 'tta']),
  ...JSON_HELP,
  help: 'this text',
})}
`;

/** What is known of a picture, for programs to read. */
type Result = { file: string } & (
  | { predictions: { class: string; probability: number }[] }
  | { error: string }
);

/** The `predict` command. @returns the exit code: 1 when a picture could not be read */
export async function predict(args: readonly string[]): Promise<number> {
  const { given, positionals } = parseCommandLine(args, {
    values: ['model', 'dataset', 'top', 'tta', 'backend', 'max-pixels'],
    switches: ['allow-software', 'help'],
    files: ['json'],
    positionals: true,
  });
  if (given['help']) {
    process.stdout.write(PREDICT_HELP);
    return 0;
  }
  const top = readValue('top', wholeNumber(1), String(given['top'] ?? TOP));
  const flags = readFlags(given);
  if (positionals.length === 0) {
    throw new UserError('[fbsd] predict: name pictures or folders. See fbsd predict --help.');
  }
  const tta = { flip: flags.tta === 'flip' };
  const pictures = diskPicturesWithin(flags);
  const json = await JsonOutput.of(given['json']);
  const paths = await findPictures(positionals);
  const folder = await modelFolder(given, flags);
  const backend = await openBackend(flags, sayAside);
  const { model, classNames, imageSize, directory, preprocessing } = await openClassifier(folder);
  const prepare = preparationOf(preprocessing);
  sayAside(`model    ${printable(directory)}`);

  const results: Result[] = [];
  try {
    const wished = { model, backend, batchSize: PICTURES_AT_ONCE, given: false };
    for (const files of groups(paths, imagesAtOnce(wished, sayAside))) {
      const named = await imagesOf(files, pictures, prepare);
      const images = named.flatMap((one) => ('image' in one ? [one.image] : []));
      const found = images.length > 0 ? await likeliest(model, images, imageSize, top, tta) : [];
      for (const one of named) {
        const { file } = one;
        if ('fault' in one) {
          sayAside(one.fault);
          results.push({ file, error: one.fault });
          continue;
        }
        const predictions = (found.shift() ?? []).map(({ label, probability }) => ({
          class: classNames[label] as string,
          probability,
        }));
        results.push({ file, predictions });
        if (json.alone) continue;
        json.say(printable(file));
        for (const { class: name, probability } of predictions) {
          json.say(`  ${percent(probability).padStart(6)}  ${printable(name)}`);
        }
      }
    }
  } finally {
    model.dispose();
  }
  await json.write(results);
  return results.some((result) => 'error' in result) ? 1 : 0;
}

import { relative, resolve } from 'node:path';
import { diskPictures, findPictures } from '@fbsd/datasets';
import { predict as likeliest, UserError, view } from '@fbsd/trainer';
import { percent } from '@fbsd/trainer/format';
import { say, sayAside } from '../display/say.ts';
import { flagLines, parseCommandLine } from '../settings/command-line.ts';
import { helpOf, readFlags } from '../settings/flags.ts';
import { openBackend } from '../setup/open.ts';
import { MODEL_HELP, openModel } from '../setup/trained.ts';

const TOP = 5;

export const PREDICT_HELP = `Says what pictures show.

Usage: fbsd predict PICTURE… [flags]
A folder stands for the pictures in it.

${flagLines({
  'model …': MODEL_HELP,
  'top …': `how many classes of each picture (default ${TOP})`,
  ...helpOf(['backend', 'allow-software']),
  json: 'as JSON on standard output',
  help: 'this text',
})}
`;

/** Pictures that go through the model at once. */
const BATCH = 8;

/** The `predict` command. @returns the exit code: 1 when a picture could not be read */
export async function predict(args: readonly string[]): Promise<number> {
  const { given, positionals } = parseCommandLine(args, {
    values: ['model', 'top', 'backend'],
    switches: ['allow-software', 'json', 'help'],
    positionals: true,
  });
  if (given['help']) {
    process.stdout.write(PREDICT_HELP);
    return 0;
  }
  const top = topOf(given['top']);
  if (positionals.length === 0) {
    throw new UserError('[fbsd] predict: name pictures or folders. See fbsd predict --help.');
  }
  const paths = await findPictures(positionals.map((path) => resolve(path)));
  await openBackend(readFlags(given), sayAside);
  const { model, classNames, imageSize, directory } = await openModel(given);
  sayAside(`model    ${directory}`);

  const results: { file: string; predictions: { class: string; probability: number }[] }[] = [];
  let unreadable = 0;
  for (let i = 0; i < paths.length; i += BATCH) {
    const files = paths.slice(i, i + BATCH);
    const views = await Promise.allSettled(
      files.map((path) => view(diskPictures, { path }, { imageSize })),
    );
    const read = files.flatMap((path, j) => {
      const view = views[j] as (typeof views)[number];
      if (view.status === 'fulfilled') return [{ path, images: view.value.images }];
      sayAside((view.reason as Error).message);
      unreadable++;
      return [];
    });
    if (read.length === 0) continue;
    const images = read.map((picture) => picture.images);
    const found = await likeliest(model, images, imageSize, top);
    read.forEach(({ path }, j) => {
      const predictions = (found[j] as (typeof found)[number]).map(({ label, probability }) => ({
        class: classNames[label] as string,
        probability,
      }));
      if (given['json']) {
        results.push({ file: path, predictions });
        return;
      }
      say(relative('.', path));
      for (const { class: name, probability } of predictions) {
        say(`  ${percent(probability).padStart(6)}  ${name}`);
      }
    });
  }
  model.dispose();
  if (given['json']) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  return unreadable > 0 ? 1 : 0;
}

function topOf(text: string | boolean | undefined): number {
  if (text === undefined) return TOP;
  if (/^[1-9]\d*$/.test(String(text))) return Number(text);
  throw new UserError(`[fbsd] --top takes a whole number from 1; got '${text}'.`);
}

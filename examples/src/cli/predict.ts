import { relative } from 'node:path';
import { decode, findPictures } from '../data/index.ts';
import { percent } from '../format.ts';
import { predict as likeliest } from '../train/predict.ts';
import { flagLines, parseCommandLine } from './command-line.ts';
import { helpOf, readFlags } from './flags.ts';
import { fromCallerDirectory, openBackend, say, sayAside } from './open.ts';
import { MODEL_HELP, openModel } from './trained.ts';

export const PREDICT_HELP = `Says what pictures show.

Usage: fbsd predict PICTURE… [flags]   or, in the repository: npm run fbsd -- predict PICTURE… [flags]
A folder stands for the pictures in it.

${flagLines({
  'model …': MODEL_HELP,
  'top …': 'how many classes of each picture (default 5)',
  ...helpOf(['backend', 'allow-software']),
  json: 'as JSON on standard output',
  help: 'this text',
})}
`;

const TOP = 5;
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
    throw new Error('[fbsd] predict: name pictures or folders. See fbsd predict --help.');
  }
  const paths = await findPictures(positionals.map(fromCallerDirectory));
  await openBackend({ backend: 'auto', precision: 'float32', ...readFlags(given) }, sayAside);
  const { model, classNames, imageSize, directory } = await openModel(given);
  sayAside(`model    ${directory}`);

  const results: { file: string; predictions: { class: string; probability: number }[] }[] = [];
  let unreadable = 0;
  for (let i = 0; i < paths.length; i += BATCH) {
    const files = paths.slice(i, i + BATCH);
    const views = await Promise.allSettled(files.map((path) => decode({ path }, { imageSize })));
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
      say(relative(fromCallerDirectory('.'), path));
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
  throw new RangeError(`[fbsd] --top takes a whole number from 1; got '${text}'.`);
}

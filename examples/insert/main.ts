// Puts FBSM, and the complete FBSD, into a model that is there, fine-tunes each, and compares.
import { join, resolve } from 'node:path';
import { checkOutputDirectory, forUser, saveTrainedModel, say, selectBackend } from '@fbsd/cli';
import { DATASETS, detectDataset, ensureMini, miniCub } from '@fbsd/datasets';
import { type Dataset, limit, UserError } from '@fbsd/trainer';
import { count, duration, percent, significant } from '@fbsd/trainer/format';
import { run } from '../run.ts';
import { savedModel, smallModel } from './base-model.ts';
import { accuracyOf, fineTune } from './fine-tune.ts';
import { type Flags, HELP, readFlags } from './flags.ts';
import { variantsOf } from './variants.ts';

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2));
  if (flags.help) {
    process.stdout.write(HELP);
    return;
  }
  const { taps, seed, out, epochs } = flags;
  if (out !== null) await checkOutputDirectory(out);
  const dataset = await openDataset(flags);
  const { classNames } = dataset;
  const { description } = await selectBackend(flags.backend);
  say(`backend  ${description}`);
  const base = flags.model
    ? await savedModel(flags.model)
    : await smallModel(flags.imageSize, seed);

  const options = { ...flags, imageSize: base.inputs[0]?.shape[1] ?? flags.imageSize };
  const variants = await forUser(() =>
    variantsOf(base, { taps, classes: classNames.length, seed }),
  );
  const table = ['', `  ${'network'.padEnd(10)} ${'accuracy'.padStart(9)}  training`];
  for (const variant of variants) {
    const { title, name, model } = variant;
    say('');
    say(`${title}: ${count(model.countParams())} parameters`);
    const started = performance.now();
    await fineTune(variant, dataset, options, (epoch, loss) => {
      say(`  epoch ${epoch} of ${epochs}   loss ${significant(loss)}`);
    });
    const seconds = (performance.now() - started) / 1000;
    const accuracy = percent(await accuracyOf(variant, dataset, options));
    table.push(`  ${title.padEnd(10)} ${accuracy.padStart(9)}  ${duration(seconds)}`);
    if (out !== null) {
      await saveTrainedModel(join(out, name), model, classNames);
      say(`  saved in ${join(out, name)}`);
    }
    model.dispose();
  }
  for (const line of table) say(line);
}

/** The data in --data, which may be a folder of one's own, or drawn birds. */
async function openDataset({ data, limit: most, seed }: Flags): Promise<Dataset> {
  const folder = data ?? (await drawn());
  const known = DATASETS[await detectDataset(folder)];
  const whole = await known.load(folder, { seed });
  const dataset = most === null ? whole : limit(whole, most);
  const { classNames, train, test, warnings } = dataset;
  say(
    `data     ${folder}: ${classNames.length} classes, ${train.length} training and ${test.length} test images`,
  );
  for (const warning of warnings) say(`warning  ${warning}`);
  if (test.length > 0) return dataset;
  throw new UserError(`[insert] ${folder} has no test images to compare with. Add some.`);
}

async function drawn(): Promise<string> {
  const folder = resolve('data/mini-cub');
  await ensureMini(miniCub, folder);
  return folder;
}

await run(main);

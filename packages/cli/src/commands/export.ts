import { join, resolve } from 'node:path';
import { PREPROCESSING_FILE, recordClasses, UserError } from '@fbsd/trainer';
import { bytes as amount } from '@fbsd/trainer/format';
import { encodeLabels, LABELS, loadPreprocessing } from '@fbsd/trainer/run-files';
import { printable } from '../display/printable.ts';
import { say } from '../display/say.ts';
import { type Comparison, compare, comparisonTable } from '../export/compare.ts';
import {
  EXPORT_FLAGS,
  EXPORT_FLAGS_HELP,
  EXPORT_SWITCHES,
  FORMATS_HELP,
  readWanted,
  type Wanted,
} from '../export/options.ts';
import { settingsToGive } from '../export/settings-to-give.ts';
import { writeExport } from '../export/write-export.ts';
import { diskFolder } from '../run/disk-folder.ts';
import { checkOutputDirectory, runOf } from '../run/run-directory.ts';
import { findTrainedModel } from '../run/trained-model.ts';
import { flagLines, type Given, parseCommandLine } from '../settings/command-line.ts';
import { readFlags } from '../settings/flags.ts';
import { helpOf } from '../settings/help.ts';
import { DATA_FLAGS, openDataOf, requireSameClasses } from '../setup/data-of-run.ts';
import { DOWNLOAD_HELP, readDataFlags } from '../setup/download.ts';
import { imagesAtOnce } from '../setup/images-at-once.ts';
import { openBackend } from '../setup/open.ts';
import {
  MODEL_HELP,
  modelFolder,
  openTrained,
  requireUsualPreprocessing,
} from '../setup/trained.ts';
import { forUser } from '../user-errors.ts';

/** Flags of training that mean the same here. */
const SHARED = {
  values: [...DATA_FLAGS.values, 'batch-size', 'max-pixels', 'backend'],
  switches: [...DATA_FLAGS.switches, 'allow-software'],
};

/** The file beside the model that says what it is and how well it does. */
const RECORD = 'export.json';

export const EXPORT_HELP = `Writes a trained model in the form in which it is used elsewhere.

Usage: fbsd export [flags]

${flagLines({
  'model DIR': MODEL_HELP,
  ...EXPORT_FLAGS_HELP,
  'out DIR': "a new or empty folder (default: below exports/ in the run's)",
  ...helpOf([...SHARED.values, ...SHARED.switches]),
  download: DOWNLOAD_HELP,
  help: 'this text',
})}

Formats:
${FORMATS_HELP}

A model whose kernels are rounded is tested before and after on the test images of its run, or of --data; --limit takes
fewer. What comes out stands in ${RECORD} beside the model.
`;

/** The `export` command. @returns the exit code */
export async function exportModel(args: readonly string[]): Promise<number> {
  const { given } = parseCommandLine(args, {
    values: [...EXPORT_FLAGS, ...SHARED.values, 'model', 'out'],
    switches: [...EXPORT_SWITCHES, ...SHARED.switches, 'download', 'help'],
  });
  if (given['help']) {
    process.stdout.write(EXPORT_HELP);
    return 0;
  }
  const wanted = readWanted(given);
  const folder = await modelFolder(given, readDataFlags(given));
  findTrainedModel(folder); // before anything is fetched or drawn for it
  const out = outputOf(given, folder, wanted);
  await checkOutputDirectory(out);
  const data = isRounded(wanted) ? await openDataOf(folder, given, say) : null;
  const backend = await openBackend(data?.settings ?? readFlags(given), say);
  const trained = await openTrained(folder);
  const { model, classNames, directory } = trained;
  say(`model    ${printable(directory)}`);
  try {
    if (data) requireSameClasses(trained, data.dataset, given);
    const preprocessing = {
      ...(await loadPreprocessing(diskFolder(directory), model)),
      labels: LABELS,
    };
    const settings = await settingsToGive(folder);
    const {
      files,
      facts,
      read,
      preprocessing: described,
    } = await forUser(() => {
      recordClasses(model, classNames, preprocessing);
      return wanted.format.convert(model, wanted, { classNames, preprocessing, settings });
    });
    let test: Comparison | null = null;
    if (data && read) {
      requireUsualPreprocessing('export', { model, directory, preprocessing });
      const { dataset, settings } = data;
      const wished = Math.min(settings.batchSize, dataset.test.length);
      const batchSize = imagesAtOnce(
        { model, backend, batchSize: wished, given: 'batch-size' in given },
        say,
      );
      test = await compare(model, read, dataset, { ...settings, batchSize });
      for (const line of comparisonTable(test)) say(line);
    } else if (isRounded(wanted)) {
      say('warning  not tested, since the model lies in no run. Name its data set with --data');
    }
    const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const record = { source: directory, format: wanted.name, ...facts, bytes: size, test };
    await writeExport(out, [
      ...files,
      { name: LABELS, bytes: utf8(encodeLabels(classNames)) },
      { name: PREPROCESSING_FILE, bytes: utf8(json(described)) },
      { name: RECORD, bytes: utf8(json(record)) },
    ]);
    say(`export   ${printable(out)} (${amount(size)})`);
    return 0;
  } finally {
    model.dispose();
  }
}

/** The folder that is written to: one for each format and way of rounding, unless --out names it. */
function outputOf({ out }: Given, folder: string, { name, weights }: Wanted): string {
  if (typeof out === 'string') return resolve(out);
  const run = runOf(folder);
  if (run === null) {
    throw new UserError(
      `[fbsd] export: the model in ${folder} lies in no run, whose folder would be written to. Name one with --out.`,
    );
  }
  return join(run, 'exports', weights === 'float32' ? name : `${name}-${weights}`);
}

function isRounded({ weights }: Wanted): boolean {
  return weights !== 'float32';
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

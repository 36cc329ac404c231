import { basename, join } from 'node:path';
import type { Dataset, Sample } from '@fbsd/trainer';
import { readRegularFile } from '../files/regular-file.ts';
import { readMat } from '../mat/read.ts';
import { MatError, numbersOf, textsOf } from '../mat/values.ts';
import { listedPicture } from './listed-picture.ts';
import type { LoadOptions } from './load-options.ts';
import { type Layout, locate } from './locate.ts';
import { picturesFolder } from './pictures-folder.ts';
import { checkCopy } from './published.ts';

/** Stanford Dogs as published: the counts that a complete copy has. */
const PUBLISHED = { name: 'Stanford Dogs', classes: 120, train: 12_000, test: 8580 } as const;

/** The files of Stanford Dogs. */
export const DOGS_LAYOUT: Layout = {
  loader: 'loadDogs',
  required: [['Images', 'train_list.mat', 'test_list.mat']],
  subfolders: ['StanfordDogs', 'stanford_dogs'],
  advice: 'Unpack images.tar and lists.tar into one folder and give it.',
};

/**
 * Reads Stanford Dogs, or any data set in its layout, and checks all of it: `Images/` with a folder
 * for each breed, `train_list.mat` and `test_list.mat`. `Annotation/` is not needed.
 *
 * A class is named after its folder (`n02085620-Chihuahua`); labels are 1-based in the files and
 * 0-based in the result. A subset is fine; with 120 classes, counts that differ from the published
 * ones give a warning each.
 *
 * @param root the folder that holds them, or one around it, up to two above
 * @throws UserError that names the file and the element: folder or files missing, a damaged file, labels
 *   that do not fit the folders, pictures that are missing, truncated or no pictures
 */
export async function loadDogs(
  root: string,
  { skipCorrupt = false, ...limits }: LoadOptions = {},
): Promise<Dataset> {
  const { folder } = await locate(root, DOGS_LAYOUT);
  const names = new Map<number, string>();
  const train = await readList(folder, 'train_list.mat', 1, names);
  const test = await readList(folder, 'test_list.mat', train.length + 1, names);
  return checkCopy(
    PUBLISHED,
    {
      name: basename(folder),
      root: folder,
      classNames: inOrder(names),
      partNames: [],
      samples: [...train, ...test],
      isTest: ({ id }) => id > train.length,
    },
    { where: 'loadDogs', skipCorrupt, ...limits },
  );
}

/** The names of the labels 0, 1, 2, … @throws MatError when one is missing */
function inOrder(names: ReadonlyMap<number, string>): string[] {
  const ordered: string[] = [];
  for (let label = 0; label < names.size; label++) {
    const name = names.get(label);
    if (name === undefined) {
      const most = [...names.keys()].reduce((a, b) => Math.max(a, b));
      throw new MatError(
        `[@fbsd/datasets] loadDogs: the lists hold labels up to ${most + 1}, but none ${label + 1}.`,
      );
    }
    ordered.push(name);
  }
  return ordered;
}

/** The pictures of a list; fills in the folder that each label stands for. */
async function readList(
  folder: string,
  file: string,
  firstId: number,
  names: Map<number, string>,
): Promise<Sample[]> {
  const variables = readMat(await readRegularFile(join(folder, file)), file);
  const listed = textsOf(variables.get('file_list'), `${file}: file_list`);
  const labels = numbersOf(variables.get('labels'), `${file}: labels`);
  if (labels.length !== listed.length) {
    throw new MatError(
      `[@fbsd/datasets] ${file}: ${listed.length} files have ${labels.length} labels. Unpack lists.tar again.`,
    );
  }
  const pictures = await picturesFolder(folder, 'Images');
  return listed.map((picture, i) => {
    const where = `${file}: labels(${i + 1})`;
    const label = (labels[i] as number) - 1;
    const { path, file: own } = listedPicture(pictures, picture, `${file}: file_list{${i + 1}}`);
    const name = own.slice(0, Math.max(0, own.indexOf('/')));
    if (!Number.isInteger(label) || label < 0) {
      throw new MatError(`[@fbsd/datasets] ${where}: expected a label from 1; got ${label + 1}.`);
    }
    if (name === '') {
      throw new MatError(
        `[@fbsd/datasets] ${file}: file_list{${i + 1}}: expected <breed>/<picture>; got '${picture}'.`,
      );
    }
    const known = names.get(label) ?? name;
    if (known !== name) {
      throw new MatError(
        `[@fbsd/datasets] ${where}: label ${label + 1} is ${known} elsewhere, but this is ${own}.`,
      );
    }
    names.set(label, name);
    return { id: firstId + i, path, file: own, label };
  });
}

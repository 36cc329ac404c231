import { basename, dirname, join } from 'node:path';
import type { Box, Dataset, Sample } from '@fbsd/trainer';
import { UserError } from '@fbsd/trainer';
import { exists } from '../files/exists.ts';
import { readRegularFile } from '../files/regular-file.ts';
import { readMat } from '../mat/read.ts';
import { MatError, type MatStructs, numberOf, structsOf, textOf, textsOf } from '../mat/values.ts';
import { listedPicture } from './listed-picture.ts';
import type { LoadOptions } from './load-options.ts';
import { type Layout, locate } from './locate.ts';
import { picturesFolder } from './pictures-folder.ts';
import { checkCopy } from './published.ts';

/** Stanford Cars as published: the counts that a complete copy has. */
const PUBLISHED = { name: 'Stanford Cars', classes: 196, train: 8144, test: 8041 } as const;

const TEST_LABELS = 'cars_test_annos_withlabels.mat';
/** The files of Stanford Cars. */
export const CARS_LAYOUT: Layout = {
  loader: 'loadCars',
  required: [
    ['car_ims', 'cars_annos.mat'],
    ['cars_train', 'cars_test', 'devkit/cars_train_annos.mat', 'devkit/cars_meta.mat'],
  ],
  subfolders: ['stanford_cars', 'StanfordCars'],
  advice:
    'The original download is gone; copies have car_ims/ with cars_annos.mat, or cars_train/, cars_test/ and ' +
    `devkit/ with ${TEST_LABELS}. Give the folder that holds them.`,
};

/**
 * Reads Stanford Cars, or any data set in one of its two layouts, and checks all of it.
 *
 * - `car_ims/` and `cars_annos.mat`, which holds the names of the classes and the split;
 * - `cars_train/`, `cars_test/` and `devkit/`, with `cars_test_annos_withlabels.mat` there or beside it.
 *
 * Classes are 1-based in the files, labels 0-based in the result. A subset is fine; with 196 classes,
 * counts that differ from the published ones give a warning each.
 *
 * @param root the folder that holds them, or one around it, up to two above
 * @throws UserError that names the file and the element: folder or files missing, a damaged file, a class
 *   out of range, pictures that are missing, truncated or no pictures
 */
export async function loadCars(
  root: string,
  { skipCorrupt = false, ...limits }: LoadOptions = {},
): Promise<Dataset> {
  const { folder, layout } = await locate(root, CARS_LAYOUT);
  const { classNames, samples, testIds } =
    layout === 0 ? await readSingleFile(folder) : await readDevkit(folder);
  return checkCopy(
    PUBLISHED,
    {
      name: basename(folder),
      root: folder,
      classNames,
      partNames: [],
      samples,
      isTest: ({ id }) => testIds.has(id),
    },
    { where: 'loadCars', skipCorrupt, ...limits },
  );
}

interface Annotations {
  classNames: string[];
  samples: Sample[];
  /** Ids of the test pictures. */
  testIds: ReadonlySet<number>;
}

async function readSingleFile(folder: string): Promise<Annotations> {
  const file = 'cars_annos.mat';
  const variables = readMat(await readRegularFile(join(folder, file)), file);
  const classNames = textsOf(variables.get('class_names'), `${file}: class_names`);
  const rows = structsOf(variables.get('annotations'), `${file}: annotations`);
  const testIds = new Set<number>();
  const around = dirname(await picturesFolder(folder, 'car_ims')); // the paths begin with it
  const samples = rows.map((row, i) => {
    const where = `${file}: annotations(${i + 1})`;
    if (numberOf(row['test'], `${where}.test`) === 1) testIds.add(i + 1);
    const listed = textOf(row['relative_im_path'], `${where}.relative_im_path`);
    const picture = listedPicture(around, listed, where);
    return sampleOf(row, { ...picture, where, id: i + 1, classes: classNames.length });
  });
  return { classNames, samples, testIds };
}

async function readDevkit(folder: string): Promise<Annotations> {
  const meta = 'devkit/cars_meta.mat';
  const names = readMat(await readRegularFile(join(folder, meta)), meta).get('class_names');
  const classNames = textsOf(names, `${meta}: class_names`);
  const labelled = [TEST_LABELS, `devkit/${TEST_LABELS}`];
  const there = await Promise.all(labelled.map((file) => exists(join(folder, file))));
  const testFile = labelled.find((_, i) => there[i]);
  if (!testFile) {
    throw new UserError(
      `[@fbsd/datasets] loadCars: ${folder} lacks ${TEST_LABELS}: devkit/cars_test_annos.mat does not say the classes of the test images. Put it beside devkit/.`,
    );
  }
  const samples: Sample[] = [];
  const testIds = new Set<number>();
  for (const [file, images] of [
    ['devkit/cars_train_annos.mat', 'cars_train'],
    [testFile, 'cars_test'],
  ] as const) {
    const pictures = await picturesFolder(folder, images);
    const variables = readMat(await readRegularFile(join(folder, file)), file);
    for (const [i, row] of structsOf(
      variables.get('annotations'),
      `${file}: annotations`,
    ).entries()) {
      const where = `${file}: annotations(${i + 1})`;
      const id = samples.length + 1;
      if (images === 'cars_test') testIds.add(id);
      const name = textOf(row['fname'], `${where}.fname`);
      const { path, file: picture } = listedPicture(pictures, name, where);
      const at = { where, path, file: `${images}/${picture}` };
      samples.push(sampleOf(row, { ...at, id, classes: classNames.length }));
    }
  }
  return { classNames, samples, testIds };
}

function sampleOf(
  row: MatStructs['elements'][number],
  at: { where: string; path: string; file: string; id: number; classes: number },
): Sample {
  const { where, path, file, id, classes } = at;
  const label = numberOf(row['class'], `${where}.class`);
  if (!Number.isInteger(label) || label < 1 || label > classes) {
    throw new MatError(`[@fbsd/datasets] ${where}.class: ${label} is not in 1…${classes}.`);
  }
  return { id, path, file, label: label - 1, box: boxOf(row, where) };
}

/** A box by its corners, which count from 1 in MATLAB and are both included. */
function boxOf(row: MatStructs['elements'][number], where: string): Box {
  const [x1, y1, x2, y2] = ['bbox_x1', 'bbox_y1', 'bbox_x2', 'bbox_y2'].map((field) =>
    numberOf(row[field], `${where}.${field}`),
  ) as [number, number, number, number];
  return { x: x1 - 1, y: y1 - 1, width: x2 - x1 + 1, height: y2 - y1 + 1 };
}

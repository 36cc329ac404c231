import { basename, join } from 'node:path';
import type { Dataset, Sample } from '@fbsd/trainer';
import { UserError } from '@fbsd/trainer';
import { readBoxes, readParts } from './cub-annotations.ts';
import {
  flagOf,
  namesOf,
  numbersOf,
  type Row,
  readIdTable,
  requireSameIds,
  type TableFormat,
} from './id-table.ts';
import { listedPicture } from './listed-picture.ts';
import type { LoadOptions } from './load-options.ts';
import { type Layout, locate } from './locate.ts';
import { picturesFolder } from './pictures-folder.ts';
import { checkCopy } from './published.ts';

/** CUB-200-2011 as published: the counts that a complete copy has. */
const PUBLISHED = { name: 'CUB-200-2011', classes: 200, train: 5994, test: 5794 } as const;

const FOLDER = 'CUB_200_2011';
/** The files of CUB-200-2011. */
export const CUB_LAYOUT: Layout = {
  loader: 'loadCub',
  required: [
    ['images', 'images.txt', 'image_class_labels.txt', 'train_test_split.txt', 'classes.txt'],
  ],
  subfolders: [FOLDER],
  advice: `Unpack CUB_200_2011.tgz and give the folder ${FOLDER} or the one that holds it.`,
};

const IMAGES = { line: '<image id> <path>', columns: 1 } satisfies TableFormat;
const LABELS = { line: '<image id> <class id>', columns: 1 } satisfies TableFormat;
const SPLIT = { line: '<image id> <1 = train, 0 = test>', columns: 1 } satisfies TableFormat;
const CLASSES = { line: '<class id> <name>', columns: 1 } satisfies TableFormat;

/**
 * Reads CUB-200-2011, or any data set in its layout, and checks all of it before training.
 *
 * The files are joined by image id, whatever the order of their lines. Class ids are 1-based in the
 * files, labels 0-based in the result. `bounding_boxes.txt` and `parts/` are read when they are
 * there. A subset is fine; with 200 classes, counts that differ from the published ones give a
 * warning each.
 *
 * @param root the folder `CUB_200_2011`, or one that holds it, up to two folders above
 * @throws UserError that names the file, and the line where there is one: folder or files missing, a
 *   malformed line, a class id out of range, an id that comes twice or in one file only, pictures
 *   that are missing, truncated or no pictures
 */
export async function loadCub(
  root: string,
  { skipCorrupt = false, ...limits }: LoadOptions = {},
): Promise<Dataset> {
  const { folder } = await locate(root, CUB_LAYOUT);
  const read = (file: string, format: TableFormat) =>
    readIdTable(folder, join(folder, file), format);
  const images = await read('images.txt', IMAGES);
  const labels = await read('image_class_labels.txt', LABELS);
  const splits = await read('train_test_split.txt', SPLIT);
  const classNames = namesOf(await read('classes.txt', CLASSES));
  requireSameIds(images, labels);
  requireSameIds(images, splits);
  requireDistinctPaths(images);

  const labelOf = new Map(labels.map((row) => [row.id, label(row, classNames.length)]));
  const inTraining = new Map(splits.map((row) => [row.id, flagOf(row, 0, SPLIT)]));
  const boxes = await readBoxes(folder, images);
  const parts = await readParts(folder, images);
  const pictures = await picturesFolder(folder, 'images');
  const samples = images.map(({ id, columns, where }): Sample => {
    const box = boxes?.get(id);
    const locations = parts?.locations.get(id);
    return {
      id,
      ...listedPicture(pictures, columns[0] as string, where),
      label: labelOf.get(id) as number,
      ...(box && { box }),
      ...(locations && { parts: locations }),
    };
  });

  return checkCopy(
    PUBLISHED,
    {
      name: basename(folder),
      root: folder,
      classNames,
      partNames: parts?.names ?? [],
      samples,
      isTest: ({ id }) => !inTraining.get(id),
    },
    { where: 'loadCub: images.txt', skipCorrupt, ...limits },
  );
}

function label(row: Row, classes: number): number {
  const id = numbersOf(row, LABELS)[0] as number;
  if (Number.isInteger(id) && id >= 1 && id <= classes) return id - 1;
  throw new UserError(
    `[@fbsd/datasets] ${row.where}: class id ${id} is not in 1…${classes}, the classes of classes.txt.`,
  );
}

function requireDistinctPaths(images: readonly Row[]): void {
  const seen = new Map<string, string>();
  for (const { columns, where } of images) {
    const path = columns[0] as string;
    const first = seen.get(path);
    if (first) {
      throw new UserError(
        `[@fbsd/datasets] ${where}: ${path} is already at ${first}. Remove one of the lines.`,
      );
    }
    seen.set(path, where);
  }
}

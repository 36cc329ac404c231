import { basename, dirname, join } from 'node:path';
import type { Box, Dataset, Sample } from '@fbsd/trainer';
import { UserError } from '@fbsd/trainer';
import { exists } from '../files/exists.ts';
import { readRegularFile } from '../files/regular-file.ts';
import { listedPicture } from './listed-picture.ts';
import type { LoadOptions } from './load-options.ts';
import { type Layout, locate } from './locate.ts';
import { picturesFolder } from './pictures-folder.ts';
import { checkCopy } from './published.ts';

/** The levels of FGVC-Aircraft's hierarchy of classes, from fine to coarse: 100, 70 and 30 classes. */
export type AircraftLevel = 'variant' | 'family' | 'manufacturer';

/** The file with the names of the classes of each level. */
export const AIRCRAFT_LEVELS: Readonly<Record<AircraftLevel, string>> = {
  variant: 'variants.txt',
  family: 'families.txt',
  manufacturer: 'manufacturers.txt',
};

/** Options of {@link loadAircraft}. */
export interface AircraftOptions extends LoadOptions {
  /** The level whose classes are learned. @default 'variant' */
  level?: AircraftLevel;
  /** Cut off the banner below each picture, 20 pixels that name its photographer. @default false */
  cropBanner?: boolean;
}

/** FGVC-Aircraft 2013b as published: the counts that a complete copy has. */
const PUBLISHED = { name: 'FGVC-Aircraft', train: 6667, test: 3333 } as const;
const CLASSES: Record<AircraftLevel, number> = { variant: 100, family: 70, manufacturer: 30 };
const BANNER = 20;

/**
 * Reads FGVC-Aircraft 2013b, or any data set in its layout, and checks all of it: training on the
 * published `trainval`, test on `test`.
 *
 * Lines are `<image id> <name>`; names hold spaces, hyphens and slashes (`F/A-18`), and are compared
 * as a whole. A subset is fine; with the published number of classes, counts that differ give a
 * warning each.
 *
 * @param root the folder `fgvc-aircraft-2013b`, the `data` in it, or a folder around it, up to two above
 * @throws UserError that names the file and the line: folder or files missing, a malformed line, a name
 *   that the list of classes lacks, an image twice, pictures that are missing, truncated or no pictures
 */
export async function loadAircraft(
  root: string,
  { level = 'variant', cropBanner = false, skipCorrupt = false, ...limits }: AircraftOptions = {},
): Promise<Dataset> {
  const { names, trainval: trainvalTable, test: testTable } = tablesOf(level);
  const { folder } = await locate(root, aircraftLayout(level));
  const classNames = (await readLines(folder, names)).map(({ text }) => text);
  const labels = new Map(classNames.map((name, label) => [name, label]));
  const boxes = await readBoxes(folder);
  const pictures = await picturesFolder(folder, 'images');
  const seen = new Map<string, string>();
  const read = async (file: string, firstId: number): Promise<Sample[]> =>
    (await readLines(folder, file)).map(({ text, where }, i) => {
      const [, image, name] = /^(\S+)\s+(.+)$/.exec(text) ?? [];
      if (image === undefined || name === undefined) {
        throw new UserError(
          `[@fbsd/datasets] ${where}: expected <image id> <${level}>; got '${text}'. Unpack the data set again.`,
        );
      }
      const label = labels.get(name);
      if (label === undefined) {
        throw new UserError(`[@fbsd/datasets] ${where}: ${names} has no ${level} '${name}'.`);
      }
      const first = seen.get(image);
      if (first) {
        throw new UserError(
          `[@fbsd/datasets] ${where}: image ${image} is already at ${first}. Remove one of the lines.`,
        );
      }
      seen.set(image, where);
      const picture = listedPicture(pictures, `${image}.jpg`, where);
      const box = boxes?.get(image);
      return {
        id: firstId + i,
        path: picture.path,
        file: `images/${picture.file}`,
        label,
        ...(box && { box }),
        ...(cropBanner && { cutBottom: BANNER }),
      };
    });
  const trainval = await read(trainvalTable, 1);
  const samples = [...trainval, ...(await read(testTable, trainval.length + 1))];
  return checkCopy(
    { ...PUBLISHED, classes: CLASSES[level] },
    {
      name: basename(dirname(folder)),
      root: folder,
      classNames,
      partNames: [],
      samples,
      isTest: ({ id }) => id > trainval.length,
    },
    { where: 'loadAircraft', skipCorrupt, ...limits },
  );
}

function tablesOf(level: AircraftLevel) {
  return {
    names: AIRCRAFT_LEVELS[level],
    trainval: `images_${level}_trainval.txt`,
    test: `images_${level}_test.txt`,
  };
}

/** The files of FGVC-Aircraft for one of its levels. */
export function aircraftLayout(level: AircraftLevel): Layout {
  return {
    loader: 'loadAircraft',
    required: [['images', ...Object.values(tablesOf(level))]],
    subfolders: ['data', 'fgvc-aircraft-2013b/data'],
    advice: 'Unpack fgvc-aircraft-2013b.tar.gz and give the folder fgvc-aircraft-2013b.',
  };
}

interface Line {
  text: string;
  /** `file:line` */
  where: string;
}

/** The lines of a file that hold something. @throws Error when there is none */
async function readLines(folder: string, file: string): Promise<Line[]> {
  const content = (await readRegularFile(join(folder, file)))
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  const lines = content
    .split('\n')
    .map((line, i) => ({ text: line.trim(), where: `${file}:${i + 1}` }))
    .filter(({ text }) => text !== '');
  if (lines.length > 0) return lines;
  throw new UserError(
    `[@fbsd/datasets] ${join(folder, file)} is empty. Unpack the data set again.`,
  );
}

/** Reads where the aircraft is, by image: the file has corners that count from 1 and are both included. */
async function readBoxes(folder: string): Promise<ReadonlyMap<string, Box> | undefined> {
  const file = 'images_box.txt';
  if (!(await exists(join(folder, file)))) return undefined;
  return new Map(
    (await readLines(folder, file)).map(({ text, where }) => {
      const [image, ...corners] = text.split(/\s+/);
      const [x1, y1, x2, y2] = corners.map(Number) as [number, number, number, number];
      if (corners.length !== 4 || ![x1, y1, x2, y2].every(Number.isFinite)) {
        throw new UserError(
          `[@fbsd/datasets] ${where}: expected <image id> <x1> <y1> <x2> <y2>; got '${text}'.`,
        );
      }
      return [image as string, { x: x1 - 1, y: y1 - 1, width: x2 - x1 + 1, height: y2 - y1 + 1 }];
    }),
  );
}

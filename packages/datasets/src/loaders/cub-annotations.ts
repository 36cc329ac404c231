import { join } from 'node:path';
import type { Box, PartLocation } from '@fbsd/trainer';
import { UserError } from '@fbsd/trainer';
import { exists } from '../files/exists.ts';
import {
  flagOf,
  namesOf,
  numbersOf,
  type Row,
  readIdTable,
  requireSameIds,
  type TableFormat,
} from './id-table.ts';

const BOXES = { line: '<image id> <x> <y> <width> <height>', columns: 4 } satisfies TableFormat;
const PARTS = { line: '<part id> <name>', columns: 1 } satisfies TableFormat;
const LOCATIONS = {
  line: '<image id> <part id> <x> <y> <visible: 0 or 1>',
  columns: 4,
  repeated: true,
} satisfies TableFormat;

/** The parts of a data set, and by image id where they are. */
export interface Parts {
  names: readonly string[];
  locations: ReadonlyMap<number, readonly PartLocation[]>;
}

/** Reads `bounding_boxes.txt`: by image id, the box; undefined when there is no such file. */
export async function readBoxes(
  folder: string,
  images: readonly Row[],
): Promise<ReadonlyMap<number, Box> | undefined> {
  const path = join(folder, 'bounding_boxes.txt');
  if (!(await exists(path))) return undefined;
  const rows = await readIdTable(folder, path, BOXES);
  requireSameIds(images, rows);
  return new Map(rows.map((row) => [row.id, boxOf(row)]));
}

/** Reads `parts/parts.txt` and `parts/part_locs.txt`; undefined when there is neither. */
export async function readParts(
  folder: string,
  images: readonly Row[],
): Promise<Parts | undefined> {
  const namesPath = join(folder, 'parts', 'parts.txt');
  const locationsPath = join(folder, 'parts', 'part_locs.txt');
  const there = [await exists(namesPath), await exists(locationsPath)];
  if (!there.includes(true)) return undefined;
  if (there.includes(false)) {
    throw new UserError(
      `[@fbsd/datasets] loadCub: ${there[0] ? locationsPath : namesPath} is missing. ` +
        'Unpack the data set again, or remove the folder parts to do without.',
    );
  }
  const names = namesOf(await readIdTable(folder, namesPath, PARTS));
  const rows = await readIdTable(folder, locationsPath, LOCATIONS);
  requireSameIds(images, rows);
  const locations = new Map<number, PartLocation[]>(images.map(({ id }) => [id, []]));
  for (const row of rows) {
    const location = locationOf(row, names.length);
    const others = locations.get(row.id) as PartLocation[];
    if (others.some(({ part }) => part === location.part)) {
      throw new UserError(
        `[@fbsd/datasets] ${row.where}: part ${location.part + 1} of image ${row.id} comes a second time. ` +
          'Remove one of the lines.',
      );
    }
    others.push(location);
  }
  return { names, locations };
}

function boxOf(row: Row): Box {
  const [x, y, width, height] = numbersOf(row, BOXES) as [number, number, number, number];
  return { x, y, width, height };
}

function locationOf(row: Row, parts: number): PartLocation {
  const [part, x, y] = numbersOf(row, LOCATIONS) as [number, number, number, number];
  if (!Number.isInteger(part) || part < 1 || part > parts) {
    throw new UserError(
      `[@fbsd/datasets] ${row.where}: part id ${part} is not in 1…${parts}, the parts of parts/parts.txt.`,
    );
  }
  return { part: part - 1, x, y, visible: flagOf(row, 3, LOCATIONS) };
}

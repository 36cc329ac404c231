import { UserError } from '@fbsd/trainer';
import type { NamedBlob } from '../engine.ts';

/**
 * The paths of files below folders of their class: without the folders around them.
 *
 * @throws UserError for files in no folder
 */
export function belowClasses(files: readonly NamedBlob[]): NamedBlob[] {
  const parts = files.map(({ path }) => path.split('/').filter(Boolean));
  const deepest = Math.min(...parts.map(({ length }) => length));
  const isCommon = (level: number) =>
    level < deepest - 2 && parts.every((path) => path[level] === parts[0]?.[level]);
  let around = 0;
  while (isCommon(around)) around++;
  const below = files.map(({ blob }, i) => ({
    path: parts[i]?.slice(around).join('/') ?? '',
    blob,
  }));
  const loose = below.find(({ path }) => !path.includes('/'));
  if (!loose) return below;
  throw new UserError(
    `${loose.path} lies in no folder. Put the pictures of each class into a folder with its name.`,
  );
}

import { join } from 'node:path';
import { UserError } from '@fbsd/trainer';
import { leadsOut } from '../files/leads-out.ts';

/**
 * Finds a picture that a list names: below the folder of pictures, with slashes or, as Windows writes it, backslashes.
 *
 * @param folder the folder that the list's paths begin in
 * @param listed the path as it is listed
 * @param where file and line or element of the list, for messages
 * @returns where the picture is, and its path in the folder
 * @throws UserError when the path leads out of the folder
 */
export function listedPicture(
  folder: string,
  listed: string,
  where: string,
): { path: string; file: string } {
  const file = listed.replaceAll('\\', '/');
  if (!leadsOut(file)) return { path: join(folder, file), file };
  throw new UserError(
    `[@fbsd/datasets] ${where}: expected the path of a picture in ${folder}; got '${listed}', which leads out of it. Get the list anew, from where you trust it.`,
  );
}

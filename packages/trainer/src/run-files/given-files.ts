import { UserError } from '../user-error.ts';
import type { Folder } from './folder.ts';
import { RESTORE } from './json.ts';

/** A file of a folder, in memory or among those that a person gave a page. */
export interface GivenFile {
  /** Names with `/` between them. */
  path: string;
  /** Its content. */
  bytes: Uint8Array | Blob;
}

/**
 * A folder among some files.
 *
 * @param within its path with a slash at its end; '' is where all of them are
 * @param shown goes before the names of files in messages
 */
export function folderOf(
  files: readonly GivenFile[],
  within: string,
  shown: string = within,
): Folder {
  const contents = new Map(files.map(({ path, bytes }) => [path, bytes]));
  const pathOf = (name: string) => `${shown}${name}`;
  return {
    pathOf,
    async sizeOf(name) {
      const content = contents.get(`${within}${name}`);
      return content ? ('size' in content ? content.size : content.length) : null;
    },
    async read(name) {
      const content = contents.get(`${within}${name}`);
      if (!content) {
        throw new UserError(`[@fbsd/trainer] ${pathOf(name)} is missing. ${RESTORE}`);
      }
      if (!('size' in content)) return content;
      const bytes = await content.arrayBuffer().catch((cause: Error) => {
        throw new UserError(
          `[@fbsd/trainer] ${pathOf(name)} cannot be read (${cause.message}). Choose the folder anew.`,
          { cause },
        );
      });
      return new Uint8Array(bytes);
    },
  };
}

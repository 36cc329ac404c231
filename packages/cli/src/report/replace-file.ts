import { rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a text file that appears complete or not at all: an existing one is replaced only when the new one is
 * written.
 *
 * @param file its folder is there already
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.tmp`;
  try {
    await writeFile(temporary, text, { flush: true });
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

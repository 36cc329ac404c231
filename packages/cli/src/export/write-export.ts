import { join } from 'node:path';
import { remedyOf } from '@fbsd/datasets';
import { type ModelFile, UserError } from '@fbsd/trainer';
import { CHECKSUMS } from '@fbsd/trainer/run-files';
import { nodeDisk } from '../disk/disk.ts';
import { makeDirectories } from '../disk/durable.ts';
import { ChecksummedWriter } from '../run/checksummed-writer.ts';

/**
 * Writes the files of an exported model to a new or empty folder, and at last their checksums.
 *
 * @throws UserError when they cannot be written, on a full disk for example; what was written until then is removed
 */
export async function writeExport(directory: string, files: readonly ModelFile[]): Promise<void> {
  try {
    await makeDirectories(nodeDisk, directory);
    const writer = new ChecksummedWriter(nodeDisk, directory);
    for (const { name, bytes } of files) await writer.write(name, bytes);
    await writer.seal();
  } catch (error) {
    for (const name of [...files.map(({ name }) => name), CHECKSUMS]) {
      await nodeDisk.remove(join(directory, name)).catch(() => {}); // the first error is the one to tell
    }
    const remedy = remedyOf(error);
    if (remedy === null) throw error;
    throw new UserError(
      `[fbsd] export: the model cannot be written to ${directory}: ${(error as Error).message}. Nothing of it is kept: ${remedy}, and export again.`,
      { cause: error },
    );
  }
}

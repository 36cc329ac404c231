import { remedyOf } from '@fbsd/datasets';
import { type ModelFile, UserError } from '@fbsd/trainer';
import { nodeDisk } from '../disk/disk.ts';
import { makeDirectories } from '../disk/durable.ts';
import { ChecksummedWriter } from '../run/checksummed-writer.ts';

/**
 * Writes the files of an exported model to a new or empty folder, and at last their checksums.
 *
 * @throws UserError when they cannot be written, on a full disk for example; what was written until then stays
 */
export async function writeExport(directory: string, files: readonly ModelFile[]): Promise<void> {
  try {
    await makeDirectories(nodeDisk, directory);
    const writer = new ChecksummedWriter(nodeDisk, directory);
    for (const { name, bytes } of files) await writer.write(name, bytes);
    await writer.seal();
  } catch (error) {
    const remedy = remedyOf(error);
    if (remedy === null) throw error;
    throw new UserError(
      `[fbsd] export: the model cannot be written to ${directory}: ${(error as Error).message}. What is there is not whole: remove it, ${remedy}, and export again.`,
      { cause: error },
    );
  }
}

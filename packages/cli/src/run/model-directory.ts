import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  CHECKSUMS,
  ChecksummedFolder,
  MODEL_FILE,
  readModelFiles,
  type Write,
  writeModelFiles,
} from '@fbsd/trainer/run-files';
import type { io } from '@tensorflow/tfjs-core';
import { diskFolder } from './disk-folder.ts';

/**
 * Saves a model to a directory and loads it again: `model.json` beside `weights.bin`, as
 * `tf.loadLayersModel(url)` reads them in a browser.
 */
export function modelDirectory(directory: string): io.IOHandler {
  const write: Write = (name, content) =>
    writeFile(join(directory, name), content, { flush: true });
  return {
    async save(artifacts) {
      await mkdir(directory, { recursive: true });
      await rm(join(directory, CHECKSUMS), { force: true }); // those of what was there
      return writeModelFiles(artifacts, write);
    },
    load: () => loadModelFile(join(directory, MODEL_FILE)),
  };
}

/**
 * Reads a model that tfjs or Keras's converter saved: `model.json`, and the files of weights that it names in its folder.
 * Where the folder has checksums of them (`SHA256SUMS`), they have to agree.
 *
 * @throws UserError that names the file when it is damaged: not JSON, a graph that cannot be built, files of weights
 *   elsewhere or of another size
 */
export async function loadModelFile(path: string): Promise<io.ModelArtifacts> {
  const folder = diskFolder(dirname(path));
  const checksummed = await ChecksummedFolder.open(folder);
  const checked = checksummed.checksums?.has(basename(path)) ?? false;
  return readModelFiles(checked ? checksummed : folder, basename(path));
}

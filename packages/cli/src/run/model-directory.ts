import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { modelFiles, UserError } from '@fbsd/trainer';
import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { checkTopology } from './check-topology.ts';
import { bytesOf, checkManifest } from './check-weights.ts';
import { CHECKSUMS, ChecksummedReader } from './checksums.ts';
import { isRecord, parseJson, RESTORE, readRegularFile, shown } from './json-file.ts';

/** The file in a folder that says that it holds a model. */
export const MODEL_FILE = 'model.json';

/** Writes a file of a folder. */
type Write = (name: string, content: Uint8Array | string) => Promise<void>;
/** Reads a file of a folder. */
type Read = (name: string) => Promise<Uint8Array>;

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
      return saveModelFiles(artifacts, write);
    },
    load: () => loadModelFile(join(directory, MODEL_FILE)),
  };
}

/** Writes a model's {@link MODEL_FILE} and its weights. */
export async function saveModelFiles(
  artifacts: io.ModelArtifacts,
  write: Write,
): Promise<io.SaveResult> {
  for (const { name, bytes } of modelFiles(artifacts)) await write(name, bytes);
  return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
}

/**
 * Reads a model that tfjs or Keras's converter saved: `model.json`, and the files of weights that it names in its folder.
 * Where the folder has checksums of them (`SHA256SUMS`), they have to agree.
 *
 * @throws UserError that names the file when it is damaged: not JSON, a graph that cannot be built, files of weights
 *   elsewhere or of another size
 */
export async function loadModelFile(path: string): Promise<io.ModelArtifacts> {
  const directory = dirname(path);
  const folder = await ChecksummedReader.open(directory);
  const checked = folder.checksums?.has(basename(path)) ?? false;
  const read: Read = (name) =>
    checked ? folder.read(name) : readRegularFile(join(directory, name));
  return readModelFiles(path, read);
}

/** Reads a model's files as {@link loadModelFile} does, with a function. */
export async function readModelFiles(path: string, read: Read): Promise<io.ModelArtifacts> {
  const manifest = parseJson(await read(basename(path)), path);
  if (!isRecord(manifest)) {
    throw new UserError(`[fbsd] ${path}: expected a model; got ${shown(manifest)}. ${RESTORE}`);
  }
  checkTopology(manifest['modelTopology'], path);
  const groups = checkManifest(manifest['weightsManifest'], path);
  const shards: Uint8Array[] = [];
  for (const { paths, weights } of groups) {
    const files = paths.map((name) => join(dirname(path), name));
    await checkSizes(files, bytesOf(weights), path);
    for (const name of paths) shards.push(await read(name));
  }
  const bytes = new Uint8Array(Buffer.concat(shards)); // of its own, whatever pool Node read into
  const specs = groups.flatMap(({ weights }) => weights);
  const model = manifest as unknown as io.ModelJSON;
  return io.getModelArtifactsForJSON(model, async () => [specs, bytes.buffer]);
}

/** Before anything is read: what a link leads to may have no end. */
async function checkSizes(
  files: readonly string[],
  expected: number | null,
  path: string,
): Promise<void> {
  let total = 0;
  for (const file of files) {
    const found = await stat(file).catch(() => null);
    if (!found?.isFile()) {
      const what = found ? 'is no file' : 'is missing';
      throw new UserError(`[fbsd] ${file}, which ${path} names, ${what}. ${RESTORE}`);
    }
    total += found.size;
  }
  if (expected === null || total === expected) return;
  throw new UserError(
    `[fbsd] ${files.join(', ')}: expected ${expected} bytes for the weights that ${path} lists; got ${total}. ${RESTORE}`,
  );
}

/**
 * Makes the model of a folder.
 *
 * @throws UserError that names the folder when it cannot be made
 */
export async function readModel(folder: ChecksummedReader): Promise<LayersModel> {
  const path = join(folder.directory, MODEL_FILE);
  const artifacts = await readModelFiles(path, (name) => folder.read(name));
  try {
    return await loadLayersModel({ load: async () => artifacts });
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const { message } = cause as Error;
    throw new UserError(
      `[fbsd] ${path} is damaged: no model can be made of it (${message}). ${RESTORE}`,
      { cause },
    );
  }
}

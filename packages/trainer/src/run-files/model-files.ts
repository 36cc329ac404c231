import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel, version_layers } from '@tensorflow/tfjs-layers';
import { MODEL_FILE, modelFiles, modelManifest, WEIGHTS_FILE } from '../export/model-files.ts';
import { UserError } from '../user-error.ts';
import { checkShapes } from './check-shapes.ts';
import { checkTopology } from './check-topology.ts';
import { bytesOf, checkManifest } from './check-weights.ts';
import type { Folder, Write } from './folder.ts';
import { isRecord, parseJson, RESTORE, shown } from './json.ts';
import { bufferOf, writeTensors } from './tensor-files.ts';

/**
 * Writes the files of a model without its optimizer: to the byte what {@link writeModelFiles} writes when `model.save`
 * calls it, which holds the weights three times; this does once. They may not change until the promise is kept.
 */
export async function writeModel(model: LayersModel, write: Write): Promise<void> {
  const weights = model.weights.map((weight) => ({
    name: weight.originalName,
    tensor: weight.read(),
  }));
  const weightSpecs = await writeTensors(WEIGHTS_FILE, weights, write);
  const manifest = modelManifest({
    modelTopology: model.toJSON(null, false) as object,
    generatedBy: `TensorFlow.js tfjs-layers v${version_layers}`,
    weightSpecs,
    userDefinedMetadata: model.getUserDefinedMetadata(),
  });
  await write(MODEL_FILE, manifest);
}

/** Writes the files of a model that tfjs saves, as `tf.loadLayersModel(url)` reads them. */
export async function writeModelFiles(
  artifacts: io.ModelArtifacts,
  write: Write,
): Promise<io.SaveResult> {
  for (const { name, bytes } of modelFiles(artifacts)) await write(name, bytes);
  return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
}

/**
 * Reads a model that tfjs or Keras's converter saved: its file of JSON, and the files of weights that this names.
 *
 * @throws UserError that names the file when it is damaged: not JSON, a graph that cannot be built, files of weights
 *   elsewhere or of another size
 */
export async function readModelFiles(
  folder: Folder,
  name: string = MODEL_FILE,
): Promise<io.ModelArtifacts> {
  const path = folder.pathOf(name);
  const manifest = parseJson(await folder.read(name), path);
  if (!isRecord(manifest)) {
    throw new UserError(
      `[@fbsd/trainer] ${path}: expected a model; got ${shown(manifest)}. ${RESTORE}`,
    );
  }
  checkTopology(manifest['modelTopology'], path);
  const groups = checkManifest(manifest['weightsManifest'], path);
  const shards: Uint8Array[] = [];
  for (const { paths, weights } of groups) {
    await checkSizes(folder, paths, bytesOf(weights), path);
    for (const name of paths) shards.push(await folder.read(name));
  }
  const specs = groups.flatMap(({ weights }) => weights);
  const model = manifest as unknown as io.ModelJSON;
  return io.getModelArtifactsForJSON(model, async () => [specs, joined(shards)]);
}

/** Before anything is read: what a link leads to may have no end. */
async function checkSizes(
  folder: Folder,
  names: readonly string[],
  expected: number | null,
  path: string,
): Promise<void> {
  let total = 0;
  for (const name of names) {
    const size = await folder.sizeOf(name);
    if (size === null) {
      throw new UserError(
        `[@fbsd/trainer] ${folder.pathOf(name)}, which ${path} names, is missing. ${RESTORE}`,
      );
    }
    total += size;
  }
  if (expected === null || total === expected) return;
  const files = names.map((name) => folder.pathOf(name)).join(', ');
  throw new UserError(
    `[@fbsd/trainer] ${files}: expected ${expected} bytes for the weights that ${path} lists; got ${total}. ${RESTORE}`,
  );
}

/** In memory of its own, whatever pool the shards were read into. */
function joined(shards: readonly Uint8Array[]): ArrayBuffer {
  const [first] = shards;
  if (first && shards.length === 1) return bufferOf(first);
  const bytes = new Uint8Array(shards.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const shard of shards) {
    bytes.set(shard, at);
    at += shard.length;
  }
  return bytes.buffer;
}

/**
 * Makes the model of a folder.
 *
 * @throws UserError that names the file when it cannot be made
 */
export async function readModel(folder: Folder): Promise<LayersModel> {
  const file = folder.pathOf(MODEL_FILE);
  const artifacts = await readModelFiles(folder);
  let model: LayersModel;
  try {
    model = await loadLayersModel({ load: async () => artifacts });
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const { message } = cause as Error;
    throw new UserError(
      `[@fbsd/trainer] ${file} is damaged: no model can be made of it (${message}). ${RESTORE}`,
      { cause },
    );
  }
  try {
    checkShapes(model, file);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { leadsOut } from '@fbsd/datasets';
import { UserError } from '@fbsd/trainer';
import { io } from '@tensorflow/tfjs-core';

/** The file in a folder that says that it holds a model. */
export const MODEL_FILE = 'model.json';
const WEIGHTS_FILE = 'weights.bin';

/**
 * Saves a model to a directory and loads it again: `model.json` beside `weights.bin`, as
 * `tf.loadLayersModel(url)` reads them in a browser.
 */
export function modelDirectory(directory: string): io.IOHandler {
  return {
    async save(artifacts) {
      const weights = io.CompositeArrayBuffer.join(artifacts.weightData);
      const { modelTopology, weightSpecs, format, generatedBy, userDefinedMetadata } = artifacts;
      const manifest = {
        format: format ?? 'layers-model',
        generatedBy: generatedBy ?? null,
        convertedBy: null,
        modelTopology,
        weightsManifest: [{ paths: [WEIGHTS_FILE], weights: weightSpecs }],
        ...(userDefinedMetadata && { userDefinedMetadata }),
      };
      await mkdir(directory, { recursive: true });
      await writeFile(join(directory, WEIGHTS_FILE), new Uint8Array(weights), { flush: true });
      await writeFile(join(directory, MODEL_FILE), JSON.stringify(manifest), { flush: true });
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
    },

    load: () => loadModelFile(join(directory, MODEL_FILE)),
  };
}

/**
 * Reads a model that tfjs or Keras's converter saved: `model.json`, and the files of weights that it names in its folder.
 *
 * @throws UserError when it names a file elsewhere
 */
export async function loadModelFile(path: string): Promise<io.ModelArtifacts> {
  const manifest = JSON.parse(await readFile(path, 'utf8')) as io.ModelJSON;
  const groups = manifest.weightsManifest ?? [];
  const names = groups.flatMap(({ paths }) => paths);
  for (const name of names) {
    if (!leadsOut(name)) continue;
    throw new UserError(
      `[fbsd] ${path} names weights outside of its folder: '${name}'. A model that was saved names none: do not trust it.`,
    );
  }
  const shards = await Promise.all(names.map((name) => readFile(join(dirname(path), name))));
  const bytes = new Uint8Array(Buffer.concat(shards)); // of its own, whatever pool Node read into
  const specs = groups.flatMap(({ weights }) => weights);
  return io.getModelArtifactsForJSON(manifest, async () => [specs, bytes.buffer]);
}

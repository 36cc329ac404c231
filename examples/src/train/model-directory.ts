import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { io } from '@tensorflow/tfjs-core';

/** What a folder with a model holds. */
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
      const { modelTopology, weightSpecs, format, generatedBy } = artifacts;
      const manifest = {
        format: format ?? 'layers-model',
        generatedBy: generatedBy ?? null,
        convertedBy: null,
        modelTopology,
        weightsManifest: [{ paths: [WEIGHTS_FILE], weights: weightSpecs }],
      };
      await mkdir(directory, { recursive: true });
      await writeFile(join(directory, WEIGHTS_FILE), new Uint8Array(weights), { flush: true });
      await writeFile(join(directory, MODEL_FILE), JSON.stringify(manifest), { flush: true });
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
    },

    async load() {
      const manifest = JSON.parse(
        await readFile(join(directory, MODEL_FILE), 'utf8'),
      ) as io.ModelJSON;
      const weights = await readFile(join(directory, WEIGHTS_FILE));
      return io.getModelArtifactsForJSON(manifest, async () => [
        manifest.weightsManifest.flatMap((group) => group.weights),
        weights.buffer.slice(
          weights.byteOffset,
          weights.byteOffset + weights.byteLength,
        ) as ArrayBuffer,
      ]);
    },
  };
}

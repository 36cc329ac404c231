import { io } from '@tensorflow/tfjs-core';
import { LABELS_FILE, PREPROCESSING_FILE } from '../classify/preprocessing.ts';
import { classesIn } from '../classify/recorded-classes.ts';

/** A file of a folder. */
export interface ModelFile {
  /** Its name in the folder. */
  name: string;
  /** What it holds. */
  bytes: Uint8Array<ArrayBuffer>;
}

/** The file in a folder that says that it holds a model. */
export const MODEL_FILE = 'model.json';
/** The file beside it with the values of its weights. */
export const WEIGHTS_FILE = 'weights.bin';

/**
 * A model as the files `weights.bin` and `model.json`, which names the other one: `tf.loadLayersModel` reads it from
 * wherever they are served.
 *
 * @param artifacts as `compactArtifacts` makes them, or as tfjs gives them to a handler that saves
 */
export function modelFiles(artifacts: io.ModelArtifacts): ModelFile[] {
  return [
    {
      name: WEIGHTS_FILE,
      bytes: new Uint8Array(io.CompositeArrayBuffer.join(artifacts.weightData)),
    },
    { name: MODEL_FILE, bytes: text(modelManifest(artifacts)) },
  ];
}

/** The content of {@link MODEL_FILE}. @param artifacts whose `weightData` is in {@link WEIGHTS_FILE} */
export function modelManifest(artifacts: Omit<io.ModelArtifacts, 'weightData'>): string {
  const { modelTopology, weightSpecs, format, generatedBy } = artifacts;
  const { userDefinedMetadata, trainingConfig } = artifacts;
  return JSON.stringify({
    format: format ?? 'layers-model',
    generatedBy: generatedBy ?? null,
    convertedBy: null,
    modelTopology,
    weightsManifest: [{ paths: [WEIGHTS_FILE], weights: weightSpecs ?? [] }],
    ...(trainingConfig && { trainingConfig }),
    ...(userDefinedMetadata && { userDefinedMetadata }),
  });
}

/**
 * A classifier as the files of a folder that `loadClassifier` reads, in Node and in a page: those of {@link modelFiles},
 * `labels.json` and `preprocessing.json`.
 *
 * @param artifacts of a model with its classes, see `recordClasses`
 * @throws UserError when it carries none
 */
export function classifierFiles(artifacts: io.ModelArtifacts): ModelFile[] {
  const { classNames, preprocessing } = classesIn(artifacts.userDefinedMetadata, null, 'the model');
  const json = (value: unknown) => text(`${JSON.stringify(value, null, 2)}\n`);
  return [
    ...modelFiles(artifacts),
    { name: LABELS_FILE, bytes: json(classNames) },
    { name: PREPROCESSING_FILE, bytes: json({ ...preprocessing, labels: LABELS_FILE }) },
  ];
}

function text(content: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(content);
}

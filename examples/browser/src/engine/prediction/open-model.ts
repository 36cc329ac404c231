import { foldBatchNorms } from '@fbsd/backbones';
import { type Preprocessing, preprocessingOf, readPreprocessing, UserError } from '@fbsd/trainer';
import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import type { NamedBlob } from '../engine.ts';

/** A model to predict with, and what belongs to it. */
export interface OpenModel {
  /** Without batch norms; the caller's. */
  model: LayersModel;
  classNames: readonly string[];
  preprocessing: Preprocessing;
  /** Of the files of weights. */
  bytes: number;
}

/** Makes a model of the files of its folder. */
export async function openModel(files: readonly NamedBlob[]): Promise<OpenModel> {
  const blobOf = (name: string) => files.find(({ path }) => path.split('/').at(-1) === name)?.blob;
  const manifest = blobOf('model.json');
  if (!manifest) throw new UserError('There is no model.json among these files.');
  const json = JSON.parse(await manifest.text()) as io.ModelJSON;
  const artifacts = await io.getModelArtifactsForJSON(json, async (groups) => {
    const blobs = groups.flatMap(({ paths }) => paths.map((path) => blobOf(path) ?? new Blob()));
    return [groups.flatMap(({ weights }) => weights), await new Blob(blobs).arrayBuffer()];
  });
  const loaded = await loadLayersModel(io.fromMemory(artifacts));
  const model = foldBatchNorms(loaded);
  loaded.dispose();
  const prepared = blobOf('preprocessing.json');
  const preprocessing = prepared
    ? readPreprocessing(JSON.parse(await prepared.text()), 'preprocessing.json')
    : preprocessingOf(model);
  const labels = blobOf(preprocessing.labels);
  const classes = model.outputs[0]?.shape[1] as number;
  const classNames: string[] = labels
    ? JSON.parse(await labels.text())
    : Array.from({ length: classes }, (_, i) => `class ${i + 1}`);
  const bytes = new Blob([artifacts.weightData as ArrayBuffer]).size;
  return { model, classNames, preprocessing, bytes };
}

import { foldBatchNorms } from '@fbsd/backbones';
import type { Preprocessing } from '@fbsd/trainer';
import { loadModelFiles } from '@fbsd/trainer/web';
import type { LayersModel } from '@tensorflow/tfjs-layers';
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

/** Makes a model of the files of its folder, or of a run's. */
export async function openModel(files: readonly NamedBlob[]): Promise<OpenModel> {
  const given = files.map(({ path, blob }) => ({ path, bytes: blob }));
  const { model: loaded, classNames, preprocessing, path } = await loadModelFiles(given);
  const model = foldBatchNorms(loaded);
  loaded.dispose();
  const weights = files.filter(
    (file) =>
      file.path.startsWith(path) && file.path.endsWith('.bin') && !/velocities/.test(file.path),
  );
  const bytes = weights.reduce((sum, { blob }) => sum + blob.size, 0);
  return { model, classNames, preprocessing, bytes };
}

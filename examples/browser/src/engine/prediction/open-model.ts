import { foldBatchNorms } from '@fbsd/backbones';
import type { Pixels, Preprocessing } from '@fbsd/trainer';
import { loadModelFiles } from '@fbsd/trainer/web';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NamedBlob } from '../engine.ts';
import { unpacked } from '../files/unpacked.ts';

/** A model to predict with, and what belongs to it. */
export interface OpenModel {
  /** The caller's. */
  model: LayersModel;
  classNames: readonly string[];
  preprocessing: Preprocessing;
  /** Decodes a picture for it. @default `decodeImage` */
  decode?(picture: Blob): Promise<Pixels>;
  /** Of the files of weights. */
  bytes: number;
}

/** Makes a model of what somebody gave: its folder, that of a run, a ZIP of either, or weights of PyTorch. */
export async function openModel(given: readonly NamedBlob[]): Promise<OpenModel> {
  const files = await unpacked(given);
  const [only, other] = files;
  if (only && !other && /\.(pth|pt|safetensors)$/i.test(only.path)) {
    const { openWeights } = await import('./open-weights.ts');
    return folded(await openWeights(only));
  }
  return folded(await openFolder(files));
}

/** Without batch norms. */
function folded({ model, ...rest }: OpenModel): OpenModel {
  return { ...rest, model: foldBatchNorms(model, { residuals: true, dispose: true }) };
}

async function openFolder(files: readonly NamedBlob[]): Promise<OpenModel> {
  const { model, classNames, preprocessing, path } = await loadModelFiles(files);
  const weights = files.filter(
    (file) =>
      file.path.startsWith(path) && file.path.endsWith('.bin') && !/velocities/.test(file.path),
  );
  const bytes = weights.reduce((sum, { blob }) => sum + blob.size, 0);
  return { model, classNames, preprocessing, bytes };
}

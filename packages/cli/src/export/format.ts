import type { OnnxOptions } from '@fbsd/onnx';
import type { ModelFile, Preprocessing, StoredWeights } from '@fbsd/trainer';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { FilePreprocessing } from './file-preprocessing.ts';
import type { NamingOfTorch } from './safetensors.ts';

/** What flags say about the files of an exported model. */
export interface ExportOptions {
  /** How the kernels are stored. */
  weights: StoredWeights;
  /** Names of a backbone's weights in PyTorch's world. */
  names: NamingOfTorch;
  /** How maps lie. */
  layout: NonNullable<OnnxOptions['layout']>;
  /** Whether the file takes bytes and scales them itself. */
  withPreprocessing: boolean;
  /** Whether it also gives the probabilities of the strips. */
  strips: boolean;
}

/** What a model tells apart, and how its pictures are prepared. */
interface KnownOfModel {
  /** By class index. */
  classNames: readonly string[];
  preprocessing: Preprocessing;
  /** That it was trained with; null where they are not known. */
  settings: Readonly<Record<string, unknown>> | null;
}

/** A model as files of another format. */
interface ExportedModel {
  /** Without the names of the classes and the preprocessing, which every format has beside it. */
  files: readonly ModelFile[];
  /** How a picture becomes what the files take: not always what the model takes. */
  preprocessing: Preprocessing | FilePreprocessing;
  /** What the options came to, for the record beside them. */
  facts: Partial<ExportOptions>;
  /** Makes the model that is read from the files, where tfjs can, to be measured; the caller disposes it. */
  read?: () => Promise<LayersModel>;
}

/** A format that `fbsd export` writes. */
export interface ExportFormat {
  /** What it is and who reads it. */
  help: string;
  /** The flags that it heeds of those that only some formats do. */
  flags: readonly string[];
  /** @param model a trained one, with batch norms; stays the caller's */
  convert(model: LayersModel, options: ExportOptions, known: KnownOfModel): Promise<ExportedModel>;
}

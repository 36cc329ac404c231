import type { ModelFile, StoredWeights } from '@fbsd/trainer';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NamingOfTorch } from './safetensors.ts';

/** What flags say about the files of an exported model. */
export interface ExportOptions {
  /** How the kernels are stored. */
  weights: StoredWeights;
  /** Names of a backbone's weights in PyTorch's world. */
  names: NamingOfTorch;
}

/** A model as files of another format. */
export interface ExportedModel {
  /** Without the names of the classes and the preprocessing, which every format has beside it. */
  files: readonly ModelFile[];
  /** What the options came to, for the record beside them. */
  facts: Partial<ExportOptions>;
  /** Makes the model that is read from the files, where tfjs can, to be measured; the caller disposes it. */
  read?: () => Promise<LayersModel>;
}

/** A format that `fbsd export` writes. */
export interface ExportFormat {
  /** What it is and who reads it. */
  help: string;
  /** The flags that it heeds of those that only some formats do: `quantize`, `names`. */
  flags: readonly string[];
  /** @param model a trained one, with batch norms; stays the caller's */
  convert(model: LayersModel, options: ExportOptions): Promise<ExportedModel>;
}

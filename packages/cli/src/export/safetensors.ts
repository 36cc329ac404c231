import { type SaveOptions, saveStateDict } from '@fbsd/backbones';
import { filePreprocessing } from './file-preprocessing.ts';
import type { ExportFormat } from './format.ts';

/** The ways of naming a backbone's weights in PyTorch's world. */
export type NamingOfTorch = NonNullable<SaveOptions['names']>;
export const NAMINGS_OF_TORCH: readonly NamingOfTorch[] = ['torchvision', 'fbsd'];

/** All weights in float32, unfolded, for PyTorch and whatever else reads .safetensors. */
export const safetensors: ExportFormat = {
  help: 'for PyTorch, timm and fbsd evaluate --init-from: all weights in float32, by the names of --names',
  flags: ['names'],
  convert: async (model, { names }, { preprocessing }) => ({
    files: [{ name: 'model.safetensors', bytes: await saveStateDict(model, { names }) }],
    preprocessing: filePreprocessing(preprocessing, { layout: 'NCHW' }), // as PyTorch's networks take pictures
    facts: { names },
  }),
};

import { compactArtifacts, modelFiles } from '@fbsd/trainer';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import type { ExportFormat } from './format.ts';

/** TensorFlow.js's own format, for inference. */
export const tfjs: ExportFormat = {
  help: 'for tf.loadLayersModel and loadClassifier, in Node and in pages: batch norms folded, kernels as --quantize says',
  flags: ['quantize'],
  async convert(model, { weights }, { preprocessing }) {
    const artifacts = await compactArtifacts(model, { weights });
    return {
      files: modelFiles(artifacts),
      preprocessing,
      facts: { weights },
      read: () => loadLayersModel({ load: async () => artifacts }),
    };
  },
};

import { foldBatchNorms } from '@fbsd/backbones';
import { type OnnxOptions, toOnnx } from '@fbsd/onnx';
import { filePreprocessing } from './file-preprocessing.ts';
import type { ExportFormat } from './format.ts';

/** How maps may lie in the file. */
export const LAYOUTS: readonly NonNullable<OnnxOptions['layout']>[] = ['nhwc', 'nchw'];

/** The whole network as one graph, with its logits, their probabilities and the names of the classes. */
export const onnx: ExportFormat = {
  help: 'for ONNX Runtime and all that reads ONNX: one file, batch norms folded, class names as metadata',
  flags: ['layout', 'with-preprocessing', 'strips'],
  async convert(
    model,
    { layout, withPreprocessing, strips },
    { classNames, preprocessing, settings },
  ) {
    const { mean, std } = preprocessing;
    const described = filePreprocessing(preprocessing, {
      layout: layout === 'nchw' ? 'NCHW' : 'NHWC',
      takesBytes: withPreprocessing,
      probabilities: 'probabilities',
    });
    const folded = foldBatchNorms(model);
    try {
      const bytes = await toOnnx(folded, {
        layout,
        strips,
        probabilities: true,
        ...(withPreprocessing && { scaling: { mean, std } }),
        metadata: {
          labels: JSON.stringify(classNames),
          preprocessing: JSON.stringify(described),
          ...(settings && { settings: JSON.stringify(settings) }),
        },
      });
      const facts = { layout, withPreprocessing, strips };
      return { files: [{ name: 'model.onnx', bytes }], preprocessing: described, facts };
    } finally {
      folded.dispose();
    }
  },
};

import { type Preprocessing, preprocessingInWords, scaledInWords } from '@fbsd/trainer';

/** What a file takes and gives otherwise than the model in it. */
interface FileInterface {
  /** Order of the input's dimensions. */
  layout: 'NHWC' | 'NCHW';
  /** Whether the file takes bytes, which it scales itself. @default false */
  takesBytes?: boolean;
  /** The output with the probabilities of all heads together. @default none, one adds the logits */
  probabilities?: string;
}

/** How a picture becomes the input of an exported file, and its outputs a class. Plain enough for JSON. */
export interface FilePreprocessing
  extends Omit<Preprocessing, 'layout' | 'mean' | 'std' | 'outputs'>,
    Partial<Pick<Preprocessing, 'mean' | 'std'>> {
  /** Of the input's elements. */
  type: 'float32' | 'uint8';
  /** Order of the input's dimensions. */
  layout: FileInterface['layout'];
  /** The outputs of the heads, which come first, and the one of all. */
  outputs: Preprocessing['outputs'] & { probabilities?: string };
}

/** How a picture becomes the input of a file: as that of the model in it, but for what the file does itself. */
export function filePreprocessing(
  preprocessing: Preprocessing,
  { layout, takesBytes = false, probabilities }: FileInterface,
): FilePreprocessing {
  const { resize, crop, mean, std } = preprocessing;
  const { width, height } = crop;
  const sizes = layout === 'NCHW' ? [3, height, width] : [height, width, 3];
  const input = takesBytes
    ? `their bytes as uint8 [batch,${sizes}]`
    : scaledInWords(preprocessing, sizes);
  const outputs =
    probabilities &&
    `Its output ${probabilities} gives the probabilities of the classes in labels.json: the softmax of the sum of all heads' logits, which are the outputs before it.`;
  return {
    version: preprocessing.version,
    description: preprocessingInWords({ resize, crop }, input, outputs),
    resize,
    crop,
    channels: preprocessing.channels,
    ...(!takesBytes && { mean, std }),
    type: takesBytes ? 'uint8' : 'float32',
    layout,
    outputs: { ...preprocessing.outputs, ...(probabilities && { probabilities }) },
    labels: preprocessing.labels,
  };
}

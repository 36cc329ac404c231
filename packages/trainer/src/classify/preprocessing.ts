import { headNames } from '@fbsd/fbsd';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { centreCrop, geometry, NORMALISATION } from '../data/transform.ts';
import { preprocessingInWords, scaledInWords } from './preprocessing-in-words.ts';

/** The name of the file beside `model.json` that holds a {@link Preprocessing}. */
export const PREPROCESSING_FILE = 'preprocessing.json';

/** The names of a model's classes are in this file beside it, a list by class index. */
export const LABELS_FILE = 'labels.json';

/**
 * How a picture becomes the input of a model, and its outputs a class: all that someone needs who uses the model
 * elsewhere. Plain enough for JSON.
 */
export interface Preprocessing {
  /** Of the format. */
  version: 1;
  /** The same in words. */
  description: string;
  /** The whole picture is resized, as Pillow's `resize` does. */
  resize: {
    /** In pixels. */
    width: number;
    /** In pixels, as the width. */
    height: number;
    /** A triangle as wide as two pixels of the smaller picture. */
    filter: 'bilinear';
    /** Where the picture becomes smaller, every pixel of it counts. */
    antialias: true;
    /** The picture is squeezed into the square. */
    keepAspectRatio: false;
  };
  /** The rectangle of the resized picture that the model sees. */
  crop: {
    /** First column, from 0. */
    left: number;
    /** First row, from 0. */
    top: number;
    /** In pixels. */
    width: number;
    /** In pixels, as the width. */
    height: number;
  };
  /** Order of the channels. */
  channels: 'RGB';
  /** Subtracted from byte/255, by channel. */
  mean: [number, number, number];
  /** The difference is divided by it, by channel. */
  std: [number, number, number];
  /** Order of the input's dimensions, float32 [batch, height, width, channels]. */
  layout: 'NHWC';
  /** What the outputs are. */
  outputs: {
    /** Their names, in their order. */
    heads: string[];
    /** What each output gives for each class. */
    values: 'logits';
    /** A class's logit is the sum over the outputs, its probability the softmax of the sums. */
    combine: 'sum';
  };
  /** The file beside this one that lists the names of the classes. */
  labels: string;
}

/**
 * How the trainer prepares pictures for a model in tests and predictions.
 *
 * @param model takes square images [null,S,S,3], and gives logits
 * @throws RangeError when its images are not square, of a fixed size and of three channels
 */
export function preprocessingOf(model: LayersModel): Preprocessing {
  const [, height, side, channels] = model.inputs[0]?.shape ?? [];
  if (!side || height !== side || channels !== 3 || model.inputs.length > 1) {
    const shapes = model.inputs.map(({ shape }) => `[${shape.map(String)}]`).join(', ');
    throw new RangeError(
      `[@fbsd/trainer] preprocessingOf: expected a model of square images [null,S,S,3]; got ${shapes}. Make it with a fixed, square input.`,
    );
  }
  const sizes = geometry({ imageSize: side });
  const { resizeSize } = sizes;
  const { left, top } = centreCrop(sizes);
  const mean = perChannel(NORMALISATION.mean);
  const std = perChannel(NORMALISATION.std);
  const resize: Preprocessing['resize'] = {
    width: resizeSize,
    height: resizeSize,
    filter: 'bilinear',
    antialias: true,
    keepAspectRatio: false,
  };
  const crop = { left, top, width: side, height: side };
  const scaled = scaledInWords({ mean, std }, [side, side, 3]);
  return {
    version: 1,
    description: preprocessingInWords({ resize, crop }, scaled),
    resize,
    crop,
    channels: 'RGB',
    mean,
    std,
    layout: 'NHWC',
    outputs: { heads: headNames(model.outputs.length), values: 'logits', combine: 'sum' },
    labels: LABELS_FILE,
  };
}

function perChannel(value: number): [number, number, number] {
  return [value, value, value];
}

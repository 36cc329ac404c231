import { foldBatchNorms } from '@fbsd/backbones';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Pixels } from '../resize/resize.ts';
import type { InferenceOptions } from '../train/head-logits.ts';
import { type Prediction, predict } from '../train/predict.ts';
import { checkFit } from './check-fit.ts';
import { type DecodedPicture, isDecoded, toRgb } from './pixels.ts';
import { type PreparePicture, preparationOf } from './prepare-picture.ts';
import type { Preprocessing } from './preprocessing.ts';

/** A class, by index and name, and how sure the model is of it. */
export interface Classification extends Prediction {
  /** As the data set calls it. */
  className: string;
}

/** Options of {@link Classifier.classify}. */
export interface ClassifyOptions extends InferenceOptions {
  /** How many classes are returned, likeliest first. @default 5 */
  top?: number;
}

/** What a {@link Classifier} is made of. */
export interface ClassifierArgs<Image> {
  /** Logits as outputs; stays the caller's, and may be disposed as soon as the classifier is made. */
  model: LayersModel;
  /** By class index. */
  classNames: readonly string[];
  /** How its pictures are prepared: of the model's folder, or of `preprocessingOf(model)`. */
  preprocessing: Preprocessing;
  /** Turns what a program has, a path or a `File`, into RGB bytes, upright. */
  decode(image: Image): Promise<Pixels>;
}

const DEFAULTS = { top: 5, flip: false } as const;
/** Pictures that go through the model at once. */
const BATCH = 8;

/** A trained model that takes pictures as they are and names their classes. */
export class Classifier<Image> {
  /** By class index. */
  readonly classNames: readonly string[];
  /** How pictures are prepared. */
  readonly preprocessing: Preprocessing;
  private readonly model: LayersModel;
  private readonly prepare: PreparePicture;
  private readonly decode: (image: Image) => Promise<Pixels>;

  /** @throws RangeError when model, class names and preprocessing do not fit together */
  constructor({ model, classNames, preprocessing, decode }: ClassifierArgs<Image>) {
    checkFit('[@fbsd/trainer] Classifier', model, classNames, preprocessing);
    this.classNames = classNames;
    this.preprocessing = preprocessing;
    this.prepare = preparationOf(preprocessing);
    this.decode = decode;
    this.model = foldBatchNorms(model, { residuals: true }); // the same logits, faster
  }

  /**
   * Names the likeliest classes of a picture.
   *
   * @param image of any size: as the classifier decodes it, or decoded already
   * @returns likeliest first
   * @throws Error that says why, when it cannot be decoded
   */
  async classify(
    image: Image | DecodedPicture,
    options: ClassifyOptions = {},
  ): Promise<Classification[]> {
    const [classifications] = await this.classifyAll([image], options);
    return classifications as Classification[];
  }

  /** Does {@link classify} for several pictures, 8 at once: faster than one by one. */
  async classifyAll(
    images: readonly (Image | DecodedPicture)[],
    { top = DEFAULTS.top, flip = DEFAULTS.flip }: ClassifyOptions = {},
  ): Promise<Classification[][]> {
    const all: Classification[][] = [];
    for (let from = 0; from < images.length; from += BATCH) {
      const batch = images.slice(from, from + BATCH);
      const inputs = await Promise.all(batch.map((image) => this.inputOf(image)));
      const side = this.preprocessing.crop.width;
      const predicted = await predict(this.model, inputs, side, top, { flip });
      all.push(...predicted.map((predictions) => predictions.map((one) => this.named(one))));
    }
    return all;
  }

  /** Gives the memory of the model back. */
  dispose(): void {
    this.model.dispose();
  }

  private async inputOf(image: Image | DecodedPicture): Promise<Float32Array> {
    return this.prepare(isDecoded(image) ? toRgb(image) : await this.decode(image));
  }

  private named({ label, probability }: Prediction): Classification {
    return { className: this.classNames[label] as string, label, probability };
  }
}

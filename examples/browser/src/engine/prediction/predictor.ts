import { type Classification, readableName } from '@fbsd/trainer';
import { Classifier, decodeImage } from '@fbsd/trainer/web';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ModelInfo } from '../engine.ts';
import type { OpenModel } from './open-model.ts';

/** A model that is loaded, ready for pictures. */
export class Predictor {
  readonly info: ModelInfo;
  readonly model: LayersModel;
  /** For people. */
  readonly classNames: readonly string[];
  private readonly classifier: Classifier<Blob>;

  constructor(
    name: string,
    {
      model,
      classNames,
      preprocessing,
      bytes,
      decode = (picture) => decodeImage(picture),
    }: OpenModel,
  ) {
    this.model = model;
    this.classNames = classNames.map(readableName);
    this.classifier = new Classifier({
      model,
      classNames: this.classNames,
      preprocessing,
      decode,
    });
    const levels = model.layers.filter((layer) => layer.getClassName() === 'FbsdFBSM').length;
    this.info = {
      name,
      classNames: this.classNames,
      imageSize: preprocessing.crop.width,
      levels,
      bytes,
    };
  }

  async classify(picture: Blob, top: number): Promise<Classification[]> {
    return this.classifier.classify(picture, { top });
  }

  /** Has a GPU compile what it needs, so that the first picture does not wait for it. */
  async warmUp(): Promise<void> {
    const { imageSize } = this.info;
    const data = new Uint8Array(3 * imageSize ** 2);
    await this.classifier.classify({ data, width: imageSize, height: imageSize });
  }

  dispose(): void {
    this.classifier.dispose();
    this.model.dispose();
  }
}

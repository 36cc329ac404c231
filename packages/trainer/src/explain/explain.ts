import { tensor4d } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { view } from '../data/batches.ts';
import type { Picture, PictureSource } from '../data/picture-source.ts';
import type { ReportSample } from '../report/sample-card.ts';
import { inspectImages } from './inspect-images.ts';

/** A picture to explain. */
export interface NamedPicture extends Picture {
  /** The picture's name in the report. */
  file: string;
  /** Its true class, when it is known. */
  label?: number;
}

/**
 * Decodes pictures and looks into the model while it classifies them, for a report.
 *
 * @param model as {@link inspectImages} takes it
 * @param named in the order of the report
 * @param source decodes the pictures
 * @param imageSize side in pixels that the model takes
 * @returns a sample of the report for each picture
 * @throws as `source`, and as {@link inspectImages}
 */
export async function explain(
  model: LayersModel,
  named: readonly NamedPicture[],
  source: PictureSource,
  imageSize: number,
): Promise<ReportSample[]> {
  const views = await Promise.all(named.map((picture) => view(source, picture, { imageSize })));
  const pixels = new Float32Array(views.length * imageSize * imageSize * 3);
  views.forEach(({ images }, i) => {
    pixels.set(images, i * images.length);
  });
  const images = tensor4d(pixels, [views.length, imageSize, imageSize, 3]);
  const inspections = await inspectImages(model, images);
  images.dispose();
  return named.map(({ file, label }, i) => ({
    file,
    ...(label !== undefined && { label }),
    pixels: (views[i] as (typeof views)[number]).rgb,
    inspection: inspections[i] as (typeof inspections)[number],
  }));
}

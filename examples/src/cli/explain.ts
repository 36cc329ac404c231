import { tensor4d } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { decode, type Sample } from '../data/index.ts';
import { inspectImages, type ReportSample } from '../inspect/index.ts';

/** A picture to look into. */
export interface Picture extends Pick<Sample, 'path' | 'cutBottom'> {
  /** What it is called. */
  file: string;
  /** Its true class, when it is known. */
  label?: number;
}

/** Reads pictures and looks into the model while it classifies them, for a report. */
export async function explain(
  model: LayersModel,
  pictures: readonly Picture[],
  imageSize: number,
): Promise<ReportSample[]> {
  const views = await Promise.all(pictures.map((picture) => decode(picture, { imageSize })));
  const pixels = new Float32Array(views.length * imageSize * imageSize * 3);
  views.forEach(({ images }, i) => {
    pixels.set(images, i * images.length);
  });
  const images = tensor4d(pixels, [views.length, imageSize, imageSize, 3]);
  const inspections = await inspectImages(model, images);
  images.dispose();
  return pictures.map(({ file, label }, i) => ({
    file,
    ...(label !== undefined && { label }),
    pixels: (views[i] as (typeof views)[number]).rgb,
    inspection: inspections[i] as (typeof inspections)[number],
  }));
}

/** 001.Black_footed_Albatross → Black footed Albatross */
export function readableName(className: string): string {
  return className.replace(/^\d+\./, '').replaceAll('_', ' ');
}

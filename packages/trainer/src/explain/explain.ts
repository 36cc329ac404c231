import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type View, view } from '../data/batches.ts';
import type { Sample } from '../data/dataset.ts';
import type { Picture, PictureSource } from '../data/picture-source.ts';
import { stackImages } from '../data/stack-images.ts';
import { centreCrop, geometry } from '../data/transform.ts';
import type { ReportSample } from '../report/sample-card.ts';
import { type Annotations, annotationsInCrop } from './annotations.ts';
import { inspectImages } from './inspect-images.ts';
import { type WholePicture, wholePicture } from './whole-picture.ts';

/** A picture to explain. */
export interface NamedPicture extends Picture, Pick<Sample, 'box' | 'parts'> {
  /** The picture's name in the report. */
  file: string;
  /** Its true class, when it is known. */
  label?: number;
}

/**
 * Decodes pictures and looks into the model while it classifies them, for a report.
 *
 * Boxes and parts, when pictures have them, are given as the crop shows them; those of pictures that
 * are not stored upright are left out, because they would be drawn in the wrong place.
 *
 * @param model as {@link inspectImages} takes it
 * @param named in the order of the report
 * @param source decodes the pictures
 * @param imageSize side in pixels that the model takes
 * @param partNames names of the parts by index, of the data set that the pictures are from
 * @returns a sample of the report for each picture
 * @throws as `source`, and as {@link inspectImages}
 */
export async function explain(
  model: LayersModel,
  named: readonly NamedPicture[],
  source: PictureSource,
  imageSize: number,
  partNames: readonly string[] = [],
): Promise<ReportSample[]> {
  const seen = await Promise.all(named.map((picture) => look(picture, source, imageSize)));
  const views = seen.map(({ view }) => view);
  const annotations = await Promise.all(
    named.map((picture, i) => annotationsOf(picture, views[i] as View, source, partNames)),
  );
  const images = stackImages(
    views.map((view) => view.images),
    imageSize,
  );
  const inspections = await inspectImages(model, images);
  images.dispose();
  return named.map(({ file, label }, i) => {
    const shown = annotations[i];
    return {
      file,
      ...(label !== undefined && { label }),
      pixels: (views[i] as View).rgb,
      whole: (seen[i] as (typeof seen)[number]).whole,
      ...(shown && { annotations: shown }),
      inspection: inspections[i] as (typeof inspections)[number],
    };
  });
}

/** Decodes a picture once, for the model and for people. */
async function look(
  picture: Picture,
  source: PictureSource,
  imageSize: number,
): Promise<{ view: View; whole: WholePicture }> {
  const pixels = await source.read(picture);
  const decoded = { read: async () => pixels };
  return {
    view: await view(decoded, picture, { imageSize }),
    whole: wholePicture(pixels, imageSize),
  };
}

async function annotationsOf(
  named: NamedPicture,
  { picture, shape }: View,
  source: PictureSource,
  partNames: readonly string[],
): Promise<Annotations | undefined> {
  if (!named.box && !named.parts?.length) return undefined;
  if (!(await source.isStoredUpright?.(named))) return undefined;
  const sizes = geometry({ imageSize: shape[1] });
  const seen = { picture, geometry: sizes, crop: centreCrop(sizes) };
  return annotationsInCrop(named, partNames, seen);
}

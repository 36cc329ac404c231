import {
  type Classification,
  explain,
  type Inspection,
  levelPictures,
  type NamedPicture,
  type PictureSource,
  type ReportSample,
  renderReport,
  view,
} from '@fbsd/trainer';
import { canvasEncoder, decodeImage } from '@fbsd/trainer/web';
import type { Explained, ExplainedLevel, NamedBlob } from '../engine.ts';
import type { Predictor } from '../prediction/predictor.ts';

/** Looks into a model while it classifies pictures. */
export async function explainPictures(
  predictor: Predictor,
  pictures: readonly NamedBlob[],
): Promise<Explained[]> {
  const explained: Explained[] = [];
  for (const picture of pictures) {
    const began = performance.now();
    const result =
      predictor.info.levels > 0 ? looked(predictor, picture) : seen(predictor, picture);
    explained.push({ ...(await result), milliseconds: performance.now() - began });
  }
  return explained;
}

type WithoutTime = Omit<Explained, 'milliseconds'>;

async function looked(predictor: Predictor, picture: NamedBlob): Promise<WithoutTime> {
  const { model, classNames, info } = predictor;
  const named: NamedPicture = { path: picture.path, file: picture.path };
  const [sample] = await explain(model, [named], sourceOf([picture]), info.imageSize);
  const { inspection, pixels } = sample as ReportSample;
  const card = await renderReport(
    {
      title: picture.path,
      settings: { model: info.name, 'image size': `${info.imageSize}×${info.imageSize}` },
      metrics: [],
      classNames,
      samples: [sample as ReportSample],
    },
    canvasEncoder,
  );
  return {
    name: picture.path,
    classes: ranked(inspection, classNames),
    inspection,
    levels: await levelsOf(sample as ReportSample),
    photo: await canvasEncoder.photo(pixels, info.imageSize),
    card,
  };
}

/** What there is to say of a model without FBSMs. */
async function seen(predictor: Predictor, { path, blob }: NamedBlob): Promise<WithoutTime> {
  return {
    name: path,
    classes: await predictor.classify(blob, predictor.classNames.length),
    inspection: null,
    levels: [],
    photo: await photoOf(blob, predictor.info.imageSize),
    card: '',
  };
}

/** The square that the model sees of a picture. */
async function photoOf(picture: Blob, imageSize: number): Promise<string> {
  const { rgb } = await view({ read: () => decodeImage(picture) }, { path: '' }, { imageSize });
  return canvasEncoder.photo(rgb, imageSize);
}

async function levelsOf(sample: ReportSample): Promise<ExplainedLevel[]> {
  const pictures = await levelPictures(sample, canvasEncoder);
  return sample.inspection.levels.map(({ level }) => {
    const of = (shows: keyof ExplainedLevel) =>
      uriOf(pictures.find((one) => one.level === level && one.shows === shows)?.svg ?? '');
    return { boosted: of('boosted'), suppressed: of('suppressed'), response: of('response') };
  });
}

function uriOf(svg: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

function ranked({ combined }: Inspection, classNames: readonly string[]): Classification[] {
  return combined
    .map((probability, label) => ({ className: classNames[label] as string, label, probability }))
    .sort((a, b) => b.probability - a.probability);
}

function sourceOf(pictures: readonly NamedBlob[]): PictureSource {
  const blobs = new Map(pictures.map(({ path, blob }) => [path, blob]));
  return { read: ({ path }) => decodeImage(new File([blobs.get(path) as Blob], path)) };
}

import type { DrawnClass } from './classes.ts';
import type { MiniSettings } from './drawn-dataset.ts';
import type { DrawnPicture, Kind } from './kind.ts';
import { drawScene } from './scene.ts';

/** Number of pictures of a drawn data set. */
export function pictureCount<Marks>(
  { classes }: Pick<Kind<Marks>, 'classes'>,
  { trainPerClass, testPerClass }: MiniSettings,
): number {
  return classes.length * (trainPerClass + testPerClass);
}

/**
 * Draws a picture of a data set: class by class, first those for training.
 *
 * @param id from 1 to {@link pictureCount}
 */
export function drawPicture<Marks>(
  kind: Kind<Marks>,
  id: number,
  { seed, trainPerClass, testPerClass, imageSize }: MiniSettings,
): DrawnPicture {
  const perClass = trainPerClass + testPerClass;
  const label = Math.floor((id - 1) / perClass);
  const number = ((id - 1) % perClass) + 1;
  const isTraining = number <= trainPerClass;
  const { marks } = kind.classes[label] as DrawnClass<Marks>;
  const path = kind.path({ id, label, isTraining }, number);
  const scene = drawScene(kind, seed, id, marks, imageSize);
  return { id, path, label, isTraining, scene, ...withBanner(kind, scene.svg, imageSize) };
}

/** The whole picture: the scene, and the banner below it where the kind has one. */
function withBanner(
  { name, banner = 0 }: Pick<Kind, 'name' | 'banner'>,
  scene: string,
  width: number,
): Pick<DrawnPicture, 'svg' | 'width' | 'height'> {
  const height = width + banner;
  if (banner === 0) return { svg: scene, width, height };
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${scene}`,
    `<rect y="${width}" width="${width}" height="${banner}"/>`,
    `<text x="4" y="${width + 14}" font-family="sans-serif" font-size="11" fill="#fff">© ${name}</text></svg>`,
  ];
  return { svg: svg.join(''), width, height };
}

import { renderSvg } from '@fbsd/datasets/web';
import type { NamedBlob } from './engine.ts';

const JPEG = { type: 'image/jpeg', quality: 0.9 };

/**
 * Draws birds of ten kinds that only combinations of small marks tell apart, in folders of their class; the same ones
 * for a seed. For the page itself: browsers draw SVG there alone.
 *
 * @param onDrawn is told how many there are so far
 */
export async function drawBirds(
  perClass: number,
  seed: number,
  onDrawn?: (done: number, total: number) => void,
): Promise<NamedBlob[]> {
  const { drawnBirds } = await import('@fbsd/datasets/mini');
  const total = perClass * drawnBirds.classNames.length;
  const birds: NamedBlob[] = [];
  for (const { sample, svg, width, height } of drawnBirds.pictures({
    seed,
    trainPerClass: perClass,
    testPerClass: 0,
  })) {
    birds.push({ path: sample.path, blob: await renderSvg(svg, { width, height, ...JPEG }) });
    onDrawn?.(birds.length, total);
  }
  return birds;
}

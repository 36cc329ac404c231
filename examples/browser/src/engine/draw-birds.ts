import type { NamedBlob } from './engine.ts';

const QUALITY = 0.9;

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
    birds.push({ path: sample.path, blob: await rasterised(svg, width, height) });
    onDrawn?.(birds.length, total);
  }
  return birds;
}

async function rasterised(svg: string, width: number, height: number): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image(width, height);
    image.src = address;
    await image.decode();
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')?.drawImage(image, 0, 0, width, height);
    return await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
  } finally {
    URL.revokeObjectURL(address);
  }
}

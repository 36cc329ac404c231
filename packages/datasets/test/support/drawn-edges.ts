import sharp from 'sharp';
import type { Scene } from '../../src/mini/kind.ts';

/** Finds the left, upper, right and lower edge of a scene's subject by its pixels, and of its box. */
export async function drawnEdges({ svg, box }: Scene): Promise<{ found: number[]; box: number[] }> {
  const subject = svg.replace(/^(<svg[^>]*>).*(<g transform="matrix)/, '$1$2');
  const { data, info } = await sharp(Buffer.from(subject))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(info.channels).toBe(4);
  const xs: number[] = [];
  const ys: number[] = [];
  for (let i = 0; i < info.width * info.height; i++) {
    if ((data[4 * i + 3] as number) < 128) continue;
    xs.push(i % info.width);
    ys.push(Math.floor(i / info.width));
  }
  return {
    found: [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1],
    box: [box.x, box.y, box.x + box.width, box.y + box.height],
  };
}

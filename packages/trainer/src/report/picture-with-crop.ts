import type { WholePicture } from '../explain/whole-picture.ts';
import type { Encoder } from './encoder.ts';
import { type Html, html } from './html.ts';

/** Longer pictures are letterboxed by the page: their proportions are kept up to here. */
const LONGEST = 3;

/**
 * A picture in its own proportions, with a frame around what the model sees of it.
 *
 * @param description for readers who do not see it
 */
export async function pictureWithCrop(
  { pixels, width, height, crop }: WholePicture,
  encoder: Encoder,
  description: string,
): Promise<Html> {
  const uri = await encoder.photo(pixels, Math.sqrt(pixels.length / 3));
  const proportion = Math.min(LONGEST, Math.max(1 / LONGEST, width / height));
  // The longer side has 100 units.
  const [across, down] = proportion > 1 ? [100, 100 / proportion] : [100 * proportion, 100];
  const length = (value: number) => Math.round(value * 10) / 10;
  const frame = html`x="${length(crop.x * across)}" y="${length(crop.y * down)}" width="${length(crop.width * across)}" height="${length(crop.height * down)}"`;
  return html`<svg class="picture whole" style="flex:${length(100 * proportion)}" viewBox="0 0 ${length(across)} ${length(down)}" role="img" aria-label="${description}"><image href="${uri}" width="${length(across)}" height="${length(down)}" preserveAspectRatio="none"/><rect class="seen halo" ${frame}/><rect class="seen" ${frame}/></svg>`;
}

import sharp from 'sharp';
import { html } from './html.ts';
import { heatMapURI, photoURI } from './pictures.ts';
import type { ReportSample } from './sample-card.ts';
import {
  boostedPicture,
  responsePicture,
  STRIP_PATTERNS,
  suppressedPicture,
} from './strip-pictures.ts';

/** A picture of what one level did with an image. */
export interface LevelPicture {
  level: number;
  shows: 'boosted' | 'suppressed' | 'response';
  png: Buffer;
}

/** Pixels of a photo's side. */
const SIDE = 480;

/** The classes that the pictures use, in colours that go on white. */
const STYLE = html`<style>
.frame { fill: none; stroke: #f2a900; stroke-width: 1.5px; }
.bar { fill: #f2a900; fill-opacity: 0.28; } .bar.winner { fill-opacity: 1; }
.bar-label { font: 6.6px sans-serif; fill: #1d1c1a; } .bar-label.winner { font-weight: 650; }
.unused { opacity: 0.4; }
.faded { filter: grayscale(1) brightness(0.85); }
</style>`;

/** The pictures of the report as files: what each level boosted, suppressed and responded to. */
export async function levelPictures({
  pixels,
  inspection,
}: Pick<ReportSample, 'pixels' | 'inspection'>): Promise<LevelPicture[]> {
  const photo = await photoURI(pixels, Math.sqrt(pixels.length / 3));
  const pictures: LevelPicture[] = [];
  for (const level of inspection.levels) {
    const heatMap = await heatMapURI(level.heatMap);
    const shown = {
      boosted: boostedPicture(level, 'photo'),
      suppressed: suppressedPicture(level, 'photo'),
      response: responsePicture(level, 'photo', heatMap),
    };
    for (const [shows, picture] of Object.entries(shown)) {
      const [, width, height] = /viewBox="0 0 (\S+) (\S+)"/.exec(picture.text) as RegExpExecArray;
      const [w, h] = [width, height].map((units) => (Number(units) * SIDE) / 100) as [
        number,
        number,
      ];
      const svg = html`<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}">
<rect width="100%" height="100%" fill="#fff"/>${STYLE}${STRIP_PATTERNS}
<defs><image id="photo" href="${photo}" width="100" height="100" preserveAspectRatio="none"/></defs>
${picture}</svg>`;
      const png = await sharp(Buffer.from(svg.text)).png().toBuffer();
      pictures.push({ level: level.level, shows: shows as LevelPicture['shows'], png });
    }
  }
  return pictures;
}

import type { Encoder } from './encoder.ts';
import { html } from './html.ts';
import type { ReportSample } from './sample-card.ts';
import {
  boostedPicture,
  responsePicture,
  STRIP_PATTERNS,
  suppressedPicture,
} from './strip-pictures.ts';

/** A picture of one level's work on an image. */
export interface LevelPicture {
  /** Counted from 1, from the input to the output. */
  level: number;
  /** The boosted strips, the suppressed ones, or where the boosted map responds. */
  shows: 'boosted' | 'suppressed' | 'response';
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** The text of an SVG file that needs no other. */
  svg: string;
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

/** Draws the pictures of a report one by one: for each level the boosted and the suppressed strips and the response. */
export async function levelPictures(
  { pixels, inspection }: Pick<ReportSample, 'pixels' | 'inspection'>,
  encoder: Encoder,
): Promise<LevelPicture[]> {
  const photo = await encoder.photo(pixels, Math.sqrt(pixels.length / 3));
  const pictures: LevelPicture[] = [];
  for (const level of inspection.levels) {
    const heatMap = await encoder.heatMap(level.heatMap);
    const shown = {
      boosted: boostedPicture(level, 'photo'),
      suppressed: suppressedPicture(level, 'photo'),
      response: responsePicture(level, 'photo', heatMap),
    };
    for (const [shows, picture] of Object.entries(shown)) {
      const [, unitsAcross, unitsDown] = /viewBox="0 0 (\S+) (\S+)"/.exec(
        picture.text,
      ) as RegExpExecArray;
      const width = (Number(unitsAcross) * SIDE) / 100;
      const height = (Number(unitsDown) * SIDE) / 100;
      const svg = html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<rect width="100%" height="100%" fill="#fff"/>${STYLE}${STRIP_PATTERNS}
<defs><image id="photo" href="${photo}" width="100" height="100" preserveAspectRatio="none"/></defs>
${picture}</svg>`;
      const name = shows as LevelPicture['shows'];
      pictures.push({ level: level.level, shows: name, width, height, svg: svg.text });
    }
  }
  return pictures;
}

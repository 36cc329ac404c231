import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DrawnDataset, MiniSettings } from '@fbsd/datasets';
import type { Font } from 'fontkit';
import type { Family } from './families.ts';
import { fetchPackages } from './fetch-fonts.ts';
import { ensureFonts, openFonts } from './fonts.ts';
import { drawPicture, type PictureKey, renderPicture } from './picture.ts';

/** Grows when the same settings draw other pictures. */
export const PICTURES_VERSION = 2;

/** How many pictures are drawn at once: enough to keep sharp's threads busy. */
const AT_ONCE = 8;

/** A picture of the data set, by its path in the folder. */
interface Planned extends PictureKey {
  path: string;
}

/**
 * The data set for `ensureMini`, in a folder for each family below `train` and `test`.
 *
 * @param name other families have another name, so that none are taken for the others
 * @param fontsFolder where the fonts are kept
 * @param fetch gets their packages, where they are not there yet
 */
export function typefaces(
  name: string,
  fontsFolder: string,
  families: readonly Family[],
  fetch = fetchPackages,
): DrawnDataset {
  return {
    name,
    subjects: 'pictures of words',
    version: PICTURES_VERSION,
    async write(folder, settings, onProgress) {
      await ensureFonts(fontsFolder, families, fetch);
      const fonts = await Promise.all(families.map((family) => openFonts(fontsFolder, family)));
      const pictures = plan(families, settings);
      const sizes: Record<string, number> = {};
      let done = 0;
      for (let i = 0; i < pictures.length; i += AT_ONCE) {
        const drawn = pictures.slice(i, i + AT_ONCE).map(async (picture) => {
          const weights = fonts[picture.label] as readonly Font[];
          const bytes = await renderPicture(drawPicture(weights, picture, settings.imageSize));
          return [picture.path, bytes] as const;
        });
        for (const [path, bytes] of await Promise.all(drawn)) {
          await mkdir(dirname(join(folder, path)), { recursive: true });
          await writeFile(join(folder, path), bytes);
          sizes[path] = bytes.length;
          onProgress(++done, pictures.length);
        }
      }
      return sizes;
    },
  };
}

function plan(families: readonly Family[], settings: MiniSettings): Planned[] {
  const { seed, trainPerClass, testPerClass } = settings;
  return families.flatMap(({ name }, label) =>
    [true, false].flatMap((isTraining) =>
      Array.from({ length: isTraining ? trainPerClass : testPerClass }, (_, i) => {
        const file = `${String(i + 1).padStart(4, '0')}.jpg`;
        const path = `${isTraining ? 'train' : 'test'}/${name}/${file}`;
        return { seed, label, number: i + 1, isTraining, path };
      }),
    ),
  );
}

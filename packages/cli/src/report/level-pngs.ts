import { sharpEncoder } from '@fbsd/datasets';
import { type LevelPicture, levelPictures, type ReportSample } from '@fbsd/trainer';
import sharp from 'sharp';

/** Draws the pictures of each level's work on an image, as PNG files. */
export async function levelPngs(
  sample: Pick<ReportSample, 'pixels' | 'inspection'>,
): Promise<(Omit<LevelPicture, 'svg'> & { png: Buffer })[]> {
  const pictures = await levelPictures(sample, sharpEncoder);
  return Promise.all(
    pictures.map(async ({ svg, ...picture }) => ({
      ...picture,
      png: await sharp(Buffer.from(svg)).png().toBuffer(),
    })),
  );
}

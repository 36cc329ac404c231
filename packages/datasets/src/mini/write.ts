import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { namingPath } from '../files/disk-error.ts';
import { mapLimited } from '../files/map-limited.ts';
import { drawPicture, pictureCount } from './draw-picture.ts';
import type { DrawnDataset, MiniSettings } from './drawn-dataset.ts';
import type { DrawnPicture, Kind } from './kind.ts';

/** How many pictures are drawn at once: enough to keep the thread pool busy. */
const AT_ONCE = 8;

/** Makes the files beside the pictures, by their path. */
type Tables = (pictures: readonly DrawnPicture[]) => Record<string, string | Uint8Array>;

/** The data set of a kind, for those who need not know how it is drawn. */
export function drawnDataset<Marks>(kind: Kind<Marks>, tables: Tables): DrawnDataset {
  const { name, subjects, version, defaults } = kind;
  return {
    name,
    subjects,
    version,
    ...(defaults && { defaults }),
    write: (folder, settings, onProgress) => write(kind, tables, folder, settings, onProgress),
  };
}

async function write<Marks>(
  kind: Kind<Marks>,
  tables: Tables,
  folder: string,
  settings: MiniSettings,
  onProgress: (done: number, total: number) => void,
): Promise<Record<string, number>> {
  const total = pictureCount(kind, settings);
  let done = 0;
  const ids = Array.from({ length: total }, (_, i) => i + 1);
  const drawn = await mapLimited(ids, AT_ONCE, async (id) => {
    const picture = drawPicture(kind, id, settings);
    const file = join(folder, picture.path);
    await mkdir(dirname(file), { recursive: true });
    const bytes = await sharp(Buffer.from(picture.svg))
      .flatten()
      .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
      .toBuffer();
    await namingPath(file, writeFile(file, bytes)); // sharp's own errors do not say that the disk is full
    onProgress(++done, total);
    return { picture, size: bytes.length };
  });

  const sizes = Object.fromEntries(drawn.map(({ picture, size }) => [picture.path, size]));
  for (const [path, content] of Object.entries(tables(drawn.map((d) => d.picture)))) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await namingPath(file, writeFile(file, content));
    sizes[path] = Buffer.byteLength(content);
  }
  return sizes;
}

/** Lines of a text file. */
export function lines(items: readonly string[]): string {
  return `${items.join('\n')}\n`;
}

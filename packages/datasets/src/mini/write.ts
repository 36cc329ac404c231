import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { mapLimited } from '../files/map-limited.ts';
import type { DrawnClass } from './classes.ts';
import type { DrawnPicture, Kind } from './kind.ts';
import { drawScene } from './scene.ts';

/** What decides every byte of a drawn data set. */
export interface MiniSettings {
  /** An integer in [0, 2³²). @default 1 */
  seed: number;
  /** Training pictures of each of the ten classes. @default 60 */
  trainPerClass: number;
  /** Test pictures of each of the ten classes. @default 20 */
  testPerClass: number;
  /** Side of the square pictures in pixels, without a banner. @default 160 */
  imageSize: number;
}

/** How many pictures are drawn at once: enough to keep the thread pool busy. */
const AT_ONCE = 8;

/**
 * Draws all pictures and writes them, with the tables of their data set, into an empty folder.
 *
 * @returns the size in bytes of every file that was written, by its path in the folder
 */
export async function writeMini<Marks>(
  kind: Kind<Marks>,
  folder: string,
  settings: MiniSettings,
  onProgress: (done: number, total: number) => void,
): Promise<Record<string, number>> {
  const total = kind.classes.length * (settings.trainPerClass + settings.testPerClass);
  let done = 0;
  const ids = Array.from({ length: total }, (_, i) => i + 1);
  const drawn = await mapLimited(ids, AT_ONCE, async (id) => {
    const picture = draw(kind, id, settings);
    const file = join(folder, picture.path);
    await mkdir(dirname(file), { recursive: true });
    const { size } = await render(kind, picture, settings.imageSize)
      .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
      .toFile(file);
    onProgress(++done, total);
    return { picture, size };
  });

  const sizes = Object.fromEntries(drawn.map(({ picture, size }) => [picture.path, size]));
  for (const [path, content] of Object.entries(kind.tables(drawn.map((d) => d.picture)))) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
    sizes[path] = Buffer.byteLength(content);
  }
  return sizes;
}

function draw<Marks>(kind: Kind<Marks>, id: number, settings: MiniSettings): DrawnPicture {
  const { seed, trainPerClass, testPerClass, imageSize } = settings;
  const perClass = trainPerClass + testPerClass;
  const label = Math.floor((id - 1) / perClass);
  const number = ((id - 1) % perClass) + 1;
  const isTraining = number <= trainPerClass;
  const { marks } = kind.classes[label] as DrawnClass<Marks>;
  const path = kind.path({ id, label, isTraining }, number);
  return { id, path, label, isTraining, scene: drawScene(kind, seed, id, marks, imageSize) };
}

function render<Marks>({ name, banner = 0 }: Kind<Marks>, { scene }: DrawnPicture, width: number) {
  const picture = sharp(Buffer.from(scene.svg)).flatten();
  if (banner === 0) return picture;
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${banner}"><text x="4" y="14" font-family="sans-serif" font-size="11" fill="#fff">© ${name}</text></svg>`;
  return picture
    .extend({ bottom: banner, background: '#000' })
    .composite([{ input: Buffer.from(text), gravity: 'south' }]);
}

/** Lines of a text file. */
export function lines(items: readonly string[]): string {
  return `${items.join('\n')}\n`;
}

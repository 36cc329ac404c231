import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { namingPath } from '../files/disk-error.ts';
import { mapLimited } from '../files/map-limited.ts';
import type { DrawnClass } from './classes.ts';
import type { DrawnDataset, MiniSettings } from './drawn-dataset.ts';
import type { DrawnPicture, Kind } from './kind.ts';
import { drawScene } from './scene.ts';

/** How many pictures are drawn at once: enough to keep the thread pool busy. */
const AT_ONCE = 8;

/** The data set of a kind, for those who need not know how it is drawn. */
export function drawnDataset<Marks>(kind: Kind<Marks>): DrawnDataset {
  const { name, subjects, version } = kind;
  return {
    name,
    subjects,
    version,
    write: (folder, settings, onProgress) => write(kind, folder, settings, onProgress),
  };
}

async function write<Marks>(
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
    const bytes = await render(kind, picture, settings.imageSize)
      .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
      .toBuffer();
    await namingPath(file, writeFile(file, bytes)); // sharp's own errors do not say that the disk is full
    onProgress(++done, total);
    return { picture, size: bytes.length };
  });

  const sizes = Object.fromEntries(drawn.map(({ picture, size }) => [picture.path, size]));
  for (const [path, content] of Object.entries(kind.tables(drawn.map((d) => d.picture)))) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await namingPath(file, writeFile(file, content));
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

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { mapLimited } from '../map-limited.ts';
import { type BirdClass, CLASSES } from './classes.ts';
import { drawScene, type Scene } from './scene.ts';

/** What decides every byte of the data set. */
export interface MiniCubSettings {
  /** An integer in [0, 2³²). @default 1 */
  seed: number;
  /** Training pictures of each of the ten classes. @default 60 */
  trainPerClass: number;
  /** Test pictures of each of the ten classes. @default 20 */
  testPerClass: number;
  /** Side of the square pictures in pixels. @default 160 */
  imageSize: number;
}

/** The parts of CUB-200-2011, in its order. */
export const PARTS = [
  'back',
  'beak',
  'belly',
  'breast',
  'crown',
  'forehead',
  'left eye',
  'left leg',
  'left wing',
  'nape',
  'right eye',
  'right leg',
  'right wing',
  'tail',
  'throat',
] as const;

/** How many pictures are drawn at once: enough to keep the thread pool busy. */
const AT_ONCE = 8;

interface Picture {
  id: number;
  file: string;
  classId: number;
  isTraining: boolean;
  scene: Scene;
}

/**
 * Draws all pictures and writes them with the tables of CUB-200-2011 into an empty folder.
 *
 * @returns the size in bytes of every file that was written, by its path in the folder
 */
export async function writeMiniCub(
  folder: string,
  settings: MiniCubSettings,
  onProgress: (done: number, total: number) => void,
): Promise<Record<string, number>> {
  for (const { name } of CLASSES) await mkdir(join(folder, 'images', name), { recursive: true });
  const total = CLASSES.length * (settings.trainPerClass + settings.testPerClass);
  let done = 0;
  const ids = Array.from({ length: total }, (_, i) => i + 1);
  const drawn = await mapLimited(ids, AT_ONCE, async (id) => {
    const picture = draw(id, settings);
    const path = `images/${picture.file}`;
    const { size } = await sharp(Buffer.from(picture.scene.svg))
      .flatten()
      .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
      .toFile(join(folder, path));
    onProgress(++done, total);
    return { picture, path, size };
  });

  const sizes = Object.fromEntries(drawn.map(({ path, size }) => [path, size]));
  for (const [path, lines] of Object.entries(tables(drawn.map(({ picture }) => picture)))) {
    const content = `${lines.join('\n')}\n`;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
    sizes[path] = Buffer.byteLength(content);
  }
  return sizes;
}

function draw(id: number, settings: MiniCubSettings): Picture {
  const { seed, trainPerClass, testPerClass, imageSize } = settings;
  const perClass = trainPerClass + testPerClass;
  const index = Math.floor((id - 1) / perClass);
  const number = ((id - 1) % perClass) + 1;
  const { name, marks } = CLASSES[index] as BirdClass;
  const species = name.slice(name.indexOf('.') + 1);
  return {
    id,
    file: `${name}/${species}_${String(number).padStart(4, '0')}_${id}.jpg`,
    classId: index + 1,
    isTraining: number <= trainPerClass,
    scene: drawScene(seed, id, marks, imageSize),
  };
}

/** The lines of every table, by its path. */
function tables(pictures: readonly Picture[]): Record<string, string[]> {
  return {
    'classes.txt': CLASSES.map(({ name }, i) => `${i + 1} ${name}`),
    'images.txt': pictures.map(({ id, file }) => `${id} ${file}`),
    'image_class_labels.txt': pictures.map(({ id, classId }) => `${id} ${classId}`),
    'train_test_split.txt': pictures.map(({ id, isTraining }) => `${id} ${isTraining ? 1 : 0}`),
    'bounding_boxes.txt': pictures.map(({ id, scene: { box } }) =>
      [id, ...[box.x, box.y, box.width, box.height].map((value) => value.toFixed(1))].join(' '),
    ),
    'parts/parts.txt': PARTS.map((name, i) => `${i + 1} ${name}`),
    'parts/part_locs.txt': pictures.flatMap(({ id, scene }) =>
      PARTS.map((name, i) => {
        const at = scene.parts[name];
        return `${id} ${i + 1} ${at ? `${at[0].toFixed(1)} ${at[1].toFixed(1)} 1` : '0.0 0.0 0'}`;
      }),
    ),
  };
}

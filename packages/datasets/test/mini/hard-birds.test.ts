import sharp from 'sharp';
import { birds, hardBirds } from '../../src/mini/birds/index.ts';
import { HARD_CLASSES, MARKS, type Marks } from '../../src/mini/birds/marks.ts';
import type { Kind } from '../../src/mini/kind.ts';
import { drawScene } from '../../src/mini/scene.ts';

const partsWithMarks = Object.keys(MARKS) as (keyof Marks)[];
const base = HARD_CLASSES[0]?.marks as Marks;

test('sixteen classes, each of which differs from four others in a single mark', () => {
  expect(new Set(HARD_CLASSES.map(({ name }) => name)).size).toBe(16);
  for (const { marks } of HARD_CLASSES) {
    const differences = HARD_CLASSES.map(
      (other) => partsWithMarks.filter((part) => other.marks[part] !== marks[part]).length,
    );
    expect(differences.filter((count) => count === 0)).toHaveLength(1);
    expect(differences.filter((count) => count === 1)).toHaveLength(4);
  }
});

test('nothing but the marks changes from class to class', () => {
  for (const id of [1, 2, 3]) {
    const scenes = HARD_CLASSES.map(({ marks }) => drawScene(hardBirds, 1, id, marks, 160));
    expect(new Set(scenes.map(({ svg }) => svg)).size).toBe(16);
    for (const { box, parts } of scenes) {
      expect(box).toEqual(scenes[0]?.box);
      expect(parts).toEqual(scenes[0]?.parts);
    }
  }
});

const { drawFront: _, ...bare } = hardBirds;
const ids = Array.from({ length: 20 }, (__, i) => i + 1);

describe.each(partsWithMarks)('the marks of the %s', (part) => {
  test('are there to be seen, behind the stems too', async () => {
    for (const id of ids) {
      const behind = await changed(hardBirds, part, id);
      const alone = await changed(bare, part, id);
      expect({ id, seen: behind > 8, hidden: behind < 0.4 * alone }).toEqual({
        id,
        seen: true,
        hidden: false,
      });
    }
  }, 60_000);

  test('are smaller than in mini-CUB', async () => {
    const sum = async (kind: Kind<Marks>) =>
      (await Promise.all(ids.map((id) => changed(kind, part, id)))).reduce((a, b) => a + b);
    expect(await sum(bare)).toBeLessThan(0.9 * (await sum(birds)));
  }, 60_000);
});

/** The number of pixels that differ clearly between the two marks of a part. */
async function changed(kind: Kind<Marks>, part: keyof Marks, id: number): Promise<number> {
  const [a, b] = await Promise.all(
    MARKS[part].map((mark) => pixels(drawScene(kind, 1, id, { ...base, [part]: mark }, 118).svg)),
  );
  const differs = (value: number, i: number) => Math.abs(value - ((b as Buffer)[i] as number)) > 60;
  return (a as Buffer).filter(differs).length / 3;
}

function pixels(svg: string): Promise<Buffer> {
  return sharp(Buffer.from(svg))
    .extract({ left: 11, top: 11, width: 96, height: 96 })
    .removeAlpha()
    .raw()
    .toBuffer();
}

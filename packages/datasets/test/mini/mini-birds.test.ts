import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { birds, PARTS } from '../../src/mini/birds/index.ts';
import { CLASSES, MARKS, type Marks } from '../../src/mini/birds/marks.ts';
import { drawScene } from '../../src/mini/scene.ts';

const partsWithMarks = Object.keys(MARKS) as (keyof Marks)[];
const marksOf = (i: number) => CLASSES[i % CLASSES.length]?.marks ?? fail();
const ids = Array.from({ length: 40 }, (_, i) => i + 1);

function fail(): never {
  throw new Error('there are no classes');
}

describe('the classes', () => {
  test('are ten, each with a combination and a name of its own', () => {
    const combinations = CLASSES.map(({ marks }) => partsWithMarks.map((p) => marks[p]).join());
    expect(new Set(combinations).size).toBe(10);
    expect(new Set(CLASSES.map(({ name }) => name)).size).toBe(10);
    expect(CLASSES[0]?.name).toBe('001.Capped_Speckled_Ringtail_Barwing');
    expect(CLASSES[9]?.name).toBe('010.Cheeked_Collared_Tiptail_Spotwing');
  });

  test('share every mark with four others', () => {
    for (const part of partsWithMarks) {
      for (const mark of MARKS[part]) {
        expect(CLASSES.filter(({ marks }) => marks[part] === mark)).toHaveLength(5);
      }
    }
  });

  test('share every pair of marks with one other at least', () => {
    for (const [i, a] of partsWithMarks.entries()) {
      for (const b of partsWithMarks.slice(i + 1)) {
        for (const x of MARKS[a]) {
          for (const y of MARKS[b]) {
            const both = CLASSES.filter(({ marks }) => marks[a] === x && marks[b] === y);
            expect(both.length).toBeGreaterThanOrEqual(2);
          }
        }
      }
    }
  });
});

describe('drawScene', () => {
  test('draws the same for the same seed and id, and something else for others', () => {
    const first = drawScene(birds, 1, 7, marksOf(0), 160);
    expect(drawScene(birds, 1, 7, marksOf(0), 160)).toEqual(first);
    expect(drawScene(birds, 2, 7, marksOf(0), 160).svg).not.toBe(first.svg);
    expect(drawScene(birds, 1, 8, marksOf(0), 160).svg).not.toBe(first.svg);
  });

  test('changes nothing but the marks from class to class', () => {
    for (const id of ids.slice(0, 10)) {
      const scenes = CLASSES.map(({ marks }) => drawScene(birds, 1, id, marks, 160));
      expect(new Set(scenes.map(({ svg }) => svg)).size).toBe(10);
      for (const { box, parts } of scenes) {
        expect(box).toEqual(scenes[0]?.box);
        expect(parts).toEqual(scenes[0]?.parts);
      }
    }
  });

  // When this fails because a drawing was meant to change, raise the version of the data set with it.
  test('draws what it drew before', () => {
    const hash = createHash('sha256');
    for (const id of ids) hash.update(drawScene(birds, 1, id, marksOf(id), 160).svg);
    expect(hash.digest('hex')).toBe(
      'f2bc6ebd3fdbc433e31fc39badfbc25ef867f75438609a636c58d58cfee11333',
    );
  });

  test('every mark is there to be seen by the network', async () => {
    // Drawn with either mark of a part and seen at 96 of 118 pixels, as in training: the pictures
    // differ around that part, and clearly so.
    const base = marksOf(0);
    for (const id of ids.slice(0, 12)) {
      for (const part of partsWithMarks) {
        const [a, b] = await Promise.all(
          MARKS[part].map((mark) =>
            pixels(drawScene(birds, 1, id, { ...base, [part]: mark }, 118).svg),
          ),
        );
        const changed = (a as Buffer).reduce(
          (sum, value, i) => sum + Number(Math.abs(value - ((b as Buffer)[i] as number)) > 60),
          0,
        );
        expect({ id, part, visible: changed / 3 > 12 }).toEqual({ id, part, visible: true });
      }
    }
  }, 60_000);

  test('the box is where the bird is', async () => {
    for (const id of ids.slice(0, 12)) {
      const size = 320;
      const { svg, box } = drawScene(birds, 1, id, marksOf(id), size);
      const bird = svg.replace(/^(<svg[^>]*>).*(<g transform="matrix)/, '$1$2');
      const { data, info } = await sharp(Buffer.from(bird))
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect(info.channels).toBe(4);
      const xs: number[] = [];
      const ys: number[] = [];
      for (let i = 0; i < size * size; i++) {
        if ((data[4 * i + 3] as number) < 128) continue;
        xs.push(i % size);
        ys.push(Math.floor(i / size));
      }
      const edges = [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1];
      const expected = [box.x, box.y, box.x + box.width, box.y + box.height];
      for (const [i, edge] of edges.entries()) {
        expect(Math.abs(edge - (expected[i] as number))).toBeLessThan(5); // 1.6% of the picture
      }
    }
  }, 60_000);

  test('boxes keep away from the edge, parts are in the box and have CUB names', () => {
    const seen = new Set<string>();
    for (let id = 1; id <= 200; id++) {
      const { box, parts } = drawScene(birds, 3, id, marksOf(id), 160);
      expect(Math.min(box.x, box.y)).toBeGreaterThan(18);
      expect(Math.max(box.x + box.width, box.y + box.height)).toBeLessThan(142);
      for (const [name, [x, y]] of Object.entries(parts)) {
        seen.add(name);
        expect(x).toBeGreaterThan(box.x);
        expect(x).toBeLessThan(box.x + box.width);
        expect(y).toBeGreaterThan(box.y);
        expect(y).toBeLessThan(box.y + box.height);
      }
      expect('left eye' in parts).not.toBe('right eye' in parts);
    }
    expect([...seen].sort()).toEqual([...PARTS].sort());
  });
});

async function pixels(svg: string): Promise<Buffer> {
  return sharp(Buffer.from(svg))
    .extract({ left: 11, top: 11, width: 96, height: 96 })
    .removeAlpha()
    .raw()
    .toBuffer();
}

import sharp from 'sharp';
import { planes } from '../../src/mini/aircraft/index.ts';
import { MARKS as PLANE } from '../../src/mini/aircraft/plane.ts';
import { MARKS as CAR } from '../../src/mini/cars/car.ts';
import { cars } from '../../src/mini/cars/index.ts';
import type { MarkedParts } from '../../src/mini/classes.ts';
import { MARKS as DOG } from '../../src/mini/dogs/dog.ts';
import { dogs } from '../../src/mini/dogs/index.ts';
import type { Kind } from '../../src/mini/kind.ts';
import { drawScene } from '../../src/mini/scene.ts';

const KINDS: readonly [Kind, MarkedParts][] = [
  [cars, CAR],
  [planes, PLANE],
  [dogs, DOG],
];

describe.each(KINDS.map(([kind, parts]) => ({ name: kind.name, kind, parts })))(
  '$name',
  ({ kind, parts }) => {
    test('ten classes with a combination and a name of their own', () => {
      expect(new Set(kind.classes.map(({ name }) => name)).size).toBe(10);
      expect(new Set(kind.classes.map(({ marks }) => Object.values(marks).join())).size).toBe(10);
    });

    test('nothing but the marks changes from class to class', () => {
      for (const id of [1, 2, 3]) {
        const scenes = kind.classes.map(({ marks }) => drawScene(kind, 1, id, marks, 160));
        expect(new Set(scenes.map(({ svg }) => svg)).size).toBe(10);
        for (const { box } of scenes) expect(box).toEqual(scenes[0]?.box);
      }
    });

    test('every mark is there to be seen by the network', async () => {
      const [base] = kind.classes;
      for (let id = 1; id <= 10; id++) {
        for (const [part, marks] of Object.entries(parts)) {
          const [a, b] = await Promise.all(
            marks.map(async (mark) => {
              const { svg } = drawScene(kind, 1, id, { ...base?.marks, [part]: mark }, 118);
              const crop = { left: 11, top: 11, width: 96, height: 96 };
              return sharp(Buffer.from(svg)).extract(crop).removeAlpha().raw().toBuffer();
            }),
          );
          const changed = (a as Buffer).filter(
            (value, i) => Math.abs(value - ((b as Buffer)[i] as number)) > 60,
          ).length;
          expect({ id, part, visible: changed / 3 > 12 }).toEqual({ id, part, visible: true });
        }
      }
    }, 60_000);

    test('the box is where the drawing is', async () => {
      for (let id = 1; id <= 8; id++) {
        const size = 320;
        const marks = kind.classes[id]?.marks as Record<string, string>;
        const { svg, box } = drawScene(kind, 1, id, marks, size);
        const subject = svg.replace(/^(<svg[^>]*>).*(<g transform="matrix)/, '$1$2');
        const { data } = await sharp(Buffer.from(subject))
          .raw()
          .toBuffer({ resolveWithObject: true });
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
          const off = Math.abs(edge - (expected[i] as number));
          expect({ id, edge: i, near: off < 16 }).toEqual({ id, edge: i, near: true });
        }
      }
    }, 60_000);
  },
);

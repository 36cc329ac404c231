import type { PartLocation } from '../../src/data/dataset.ts';
import { annotationsInCrop } from '../../src/explain/annotations.ts';

// 200 × 100 becomes 100 × 100, of which the crop takes 10 … 90: x 20 … 180 and y 10 … 90 are shown.
const seen = {
  picture: { width: 200, height: 100 },
  geometry: { imageSize: 80, resizeSize: 100, padding: 0 },
  crop: { left: 10, top: 10, flip: false },
};
const names = ['beak', 'tail'];
const at = (part: number, x: number, y: number, visible = true): PartLocation => {
  return { part, x, y, visible };
};
const of = (box: [number, number, number, number]) => {
  const [x, y, width, height] = box;
  return annotationsInCrop({ box: { x, y, width, height } }, names, seen);
};

describe('annotationsInCrop', () => {
  test('the box in fractions of the side', () => {
    expect(of([60, 30, 80, 20])).toEqual({
      box: { x: 0.25, y: 0.25, width: 0.5, height: 0.25 },
      parts: [],
    });
  });

  test('a box that reaches beyond the crop keeps its size', () => {
    expect(of([0, 50, 200, 50])).toEqual({
      box: { x: -0.125, y: 0.5, width: 1.25, height: 0.625 },
      parts: [],
    });
  });

  test.each<[string, [number, number, number, number]]>([
    ['left', [0, 20, 20, 60]],
    ['right', [180, 20, 20, 60]],
    ['above', [50, 0, 100, 10]],
    ['below', [50, 90, 100, 10]],
  ])('no box when it lies %s of what the crop shows', (_, box) => {
    expect(of(box)).toBeUndefined();
  });

  test('the box and the parts of a mirrored crop', () => {
    const sample = { box: { x: 60, y: 30, width: 40, height: 20 }, parts: [at(0, 60, 30)] };
    const flipped = { ...seen, crop: { ...seen.crop, flip: true } };
    expect(annotationsInCrop(sample, names, flipped)).toEqual({
      box: { x: 0.5, y: 0.25, width: 0.25, height: 0.25 },
      parts: [{ name: 'beak', x: 0.75, y: 0.25 }],
    });
  });

  test('the parts that are visible and in the crop, by name or by number', () => {
    const parts = [
      at(1, 100, 50),
      at(0, 100, 50, false),
      at(2, 20, 10), // on the corner, without a name
      at(0, 19, 50),
      at(0, 181, 50),
      at(0, 100, 9),
      at(0, 100, 91),
    ];
    expect(annotationsInCrop({ parts }, names, seen)).toEqual({
      parts: [
        { name: 'tail', x: 0.5, y: 0.5 },
        { name: 'part 3', x: 0, y: 0 },
      ],
    });
  });

  test('undefined when there is nothing to show', () => {
    expect(annotationsInCrop({}, names, seen)).toBeUndefined();
    expect(annotationsInCrop({ parts: [at(0, 0, 0, false)] }, names, seen)).toBeUndefined();
  });
});

import { showMistakes, worstMistakes } from '../../src/explain/mistakes.ts';
import { wholePicture } from '../../src/explain/whole-picture.ts';
import type { PictureResult } from '../../src/train/picture-result.ts';

const sample = (id: number, label: number) => ({ id, label, path: `p${id}`, file: `${id}.jpg` });
const result = (label: number, predicted: number | null, probability: number | null, truth = 0.1) =>
  ({ label, predicted, probability, probabilityOfTruth: truth }) satisfies PictureResult;
const test5 = [0, 1, 2, 0, 1, 2].map((label, id) => sample(id, label));
const results = [
  result(0, 0, 0.99), // right
  result(1, 2, 0.6),
  result(2, 0, 0.9),
  result(0, 1, 0.6, 0.05), // as sure as the first of them, and further from the truth
  result(1, null, null), // nothing was predicted
  result(2, 1, 0.3),
];

test('the mistakes that the model was surest of come first', () => {
  const ids = (most?: number) =>
    worstMistakes(test5, results, most).map(({ sample: { id } }) => id);
  expect(ids()).toEqual([2, 3, 1, 5]);
  expect(ids(2)).toEqual([2, 3]);
  expect(worstMistakes(test5, [], 3)).toEqual([]);
});

test('shows them with what the model took them for', async () => {
  const read: string[] = [];
  const source = {
    async read({ path }: { path: string }) {
      read.push(path);
      return { data: new Uint8Array(8 * 4 * 3).fill(100), width: 8, height: 4 };
    },
  };
  const [first, ...rest] = await showMistakes(test5, results, source, 14, 3);
  expect(read).toEqual(['p2', 'p3', 'p1']);
  expect(rest).toHaveLength(2);
  expect(first).toMatchObject({ file: '2.jpg', label: 2, predicted: 0, probability: 0.9 });
  expect(first?.picture).toMatchObject({ width: 8, height: 4 });
});

test('a whole picture is squeezed into a square, and tells what the model sees of it', () => {
  const data = Uint8Array.from({ length: 1000 * 10 * 3 }, (_, i) => (i % 3000 < 1500 ? 0 : 255));
  const { pixels, width, height, crop } = wholePicture({ data, width: 1000, height: 10 }, 14);
  expect([width, height, pixels.length]).toEqual([1000, 10, 240 * 240 * 3]);
  expect([pixels[0], pixels[239 * 3]]).toEqual([0, 255]); // left and right of the first row
  expect(crop).toEqual({ x: 2 / 17, y: 2 / 17, width: 14 / 17, height: 14 / 17 });
});

import { pictureRows, picturesCsv } from '../../src/report/picture-rows.ts';
import { pictureResult } from '../../src/train/picture-result.ts';

const names = ['tit', '=1+1', 'wren, "small"'];
const results = [
  pictureResult(0, Float32Array.of(2, 1, 0)),
  pictureResult(2, Float32Array.of(0, 900, 899)),
  pictureResult(1, Float32Array.of(0, Number.NaN, 0)),
];
const rows = pictureRows(results, ['a b/1.jpg', '-x.jpg', 'line\nbreak.jpg'], names);

test('probabilities are the softmax of the summed logits, however large', () => {
  const total = Math.exp(2) + Math.exp(1) + 1;
  expect(results[0]).toEqual({
    label: 0,
    predicted: 0,
    probability: expect.closeTo(Math.exp(2) / total, 6),
    probabilityOfTruth: expect.closeTo(Math.exp(2) / total, 6),
  });
  expect(results[1]).toMatchObject({
    predicted: 1,
    probability: expect.closeTo(1 / (1 + Math.exp(-1)), 6),
    probabilityOfTruth: expect.closeTo(Math.exp(-1) / (1 + Math.exp(-1)), 6),
  });
});

test('of equal logits the first class is predicted', () => {
  expect(pictureResult(1, Float32Array.of(3, 3, 1)).predicted).toBe(0);
});

test('logits that are not finite predict nothing', () => {
  for (const broken of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    expect(pictureResult(0, Float32Array.of(1, broken))).toEqual({
      label: 0,
      predicted: null,
      probability: null,
      probabilityOfTruth: null,
    });
  }
});

test('rows name the classes', () => {
  expect(rows[1]).toMatchObject({
    file: '-x.jpg',
    trueClass: 'wren, "small"',
    predictedClass: '=1+1',
    right: false,
  });
  expect(rows[2]).toMatchObject({ predictedClass: null, right: false, probability: null });
});

test('as CSV: quoted where it must be, nothing that a spreadsheet takes for a formula', () => {
  expect(picturesCsv(rows).split('\r\n')).toEqual([
    'file,true class,predicted class,right,probability,probability of true class',
    'a b/1.jpg,tit,tit,yes,0.665241,0.665241',
    `'-x.jpg,"wren, ""small""",'=1+1,no,0.731059,0.268941`,
    `"line\nbreak.jpg",'=1+1,,no,,`,
    '',
  ]);
});

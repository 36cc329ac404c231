import { boostedHeatMap } from '../../src/explain/heat-map.ts';
import { indicesOfMaximum, strips } from '../../src/explain/strips.ts';
import { glow } from '../../src/report/glow.ts';

const boost = { strips: strips(3, 2), probabilities: [0, 1], alpha: 1 };

describe('boostedHeatMap', () => {
  test('scales rows or columns by 1 + α·p and stretches to 0…1', () => {
    const norms = { height: 3, width: 3, values: [1, 2, 3, 1, 2, 3, 1, 2, 3] };
    const along = (axis: 'height' | 'width') => boostedHeatMap(norms, { ...boost, axis }).values;
    // strip 0 is the first row or column, strip 1 the other two
    expect(along('height')).toEqual([0, 0.2, 0.4, 0.2, 0.6, 1, 0.2, 0.6, 1]);
    expect(along('width')).toEqual([0, 0.6, 1, 0, 0.6, 1, 0, 0.6, 1]);
  });

  test('tells what 0 and 1 stand for', () => {
    const norms = { height: 3, width: 1, values: [3, 1, 2] };
    expect(boostedHeatMap(norms, { ...boost, axis: 'height' }).range).toEqual([2, 4]);
  });

  test('a constant response is zero everywhere, not NaN', () => {
    const norms = { height: 3, width: 1, values: [2, 2, 2] };
    const even = { ...boost, axis: 'height', probabilities: [0.5, 0.5] } as const;
    expect(boostedHeatMap(norms, even).values).toEqual([0, 0, 0]);
  });
});

test('strips of uneven size cover every row once', () => {
  expect(strips(14, 4).map(({ start, end }) => [start * 14, end * 14])).toEqual([
    [0, 3],
    [3, 7],
    [7, 10],
    [10, 14],
  ]);
});

test('a maximum that ties is found at all its places', () => {
  expect(indicesOfMaximum([0.3, 0.1, 0.3])).toEqual([0, 2]);
  expect(indicesOfMaximum([Number.NaN, 1])).toEqual([]);
});

test('a stronger response is brighter and more opaque', () => {
  const colours = [0, 0.25, 0.5, 0.75, 1].map(glow);
  const brightness = colours.map(([red, green, blue]) => red + green + blue);
  expect(brightness).toEqual([...brightness].sort((a, b) => a - b));
  expect(colours.map(([, , , opacity]) => opacity)).toEqual([31, 79, 128, 176, 224]);
});

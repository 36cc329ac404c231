import type { Dataset, Sample } from '../../src/data/dataset.ts';
import { limit } from '../../src/data/limit.ts';

const samples = (labels: readonly number[]): Sample[] =>
  labels.map((label, id) => ({ id, path: `/${id}.jpg`, file: `${id}.jpg`, label }));

describe('limit', () => {
  const dataset: Dataset = {
    name: 'x',
    root: '/',
    classNames: ['a', 'b', 'c'],
    partNames: [],
    warnings: [],
    train: samples([2, 2, 2, 0, 1, 0, 1]),
    test: samples([1, 0]),
  };
  const labelsOf = (part: readonly Sample[]) => part.map(({ id, label }) => [id, label]);

  test('takes evenly of each class, in the order of the data set', () => {
    const { train, test, classNames } = limit(dataset, 4);
    expect(labelsOf(train)).toEqual([
      [0, 2],
      [3, 0],
      [4, 1],
      [5, 0],
    ]);
    expect(test).toEqual(dataset.test);
    expect(classNames).toEqual(['a', 'b', 'c']);
  });

  test('of more than there are leaves all', () => {
    expect(limit(dataset, 100)).toEqual(dataset);
  });
});

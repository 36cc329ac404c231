import { limit, type Sample, splitOff, splitValidation, UserError } from '@fbsd/trainer';

/** So many samples of each class, class by class in turn. */
function samplesOf(...counts: number[]): Sample[] {
  const samples: Sample[] = [];
  for (let i = 0; i < Math.max(...counts); i++) {
    for (const [label, count] of counts.entries()) {
      const id = samples.length + 1;
      if (i < count) samples.push({ id, path: `${id}`, file: `${id}`, label });
    }
  }
  return samples;
}

const ids = (samples: readonly Sample[]) => samples.map(({ id }) => id);
const countOf = (samples: readonly Sample[], wanted: number) =>
  samples.filter(({ label }) => label === wanted).length;

describe('splitValidation', () => {
  const train = samplesOf(20, 10, 4, 1);

  test('takes the share of each class, at least one, and leaves at least one', () => {
    const { train: rest, validation } = splitValidation({ train }, { share: 0.2, seed: 5 });
    expect([0, 1, 2, 3].map((label) => countOf(validation, label))).toEqual([4, 2, 1, 0]);
    expect([0, 1, 2, 3].map((label) => countOf(rest, label))).toEqual([16, 8, 3, 1]);
    expect([...ids(rest), ...ids(validation)].sort((a, b) => a - b)).toEqual(ids(train));
  });

  test('both parts keep the order that the samples had', () => {
    const { train: rest, validation } = splitValidation({ train }, { share: 0.3 });
    for (const part of [rest, validation]) {
      expect(ids(part)).toEqual(ids(part).sort((a, b) => a - b));
    }
  });

  test('depends on the seed alone, and not as the split of a folder does', () => {
    const split = (seed: number) =>
      ids(splitValidation({ train }, { share: 0.3, seed }).validation);
    expect(split(3)).toEqual(split(3));
    expect(split(3)).not.toEqual(split(4));
    const offSorted = ids(splitOff(train, { testShare: 0.3, seed: 3 })).sort((a, b) => a - b);
    expect(split(3)).not.toEqual(offSorted);
  });

  test('leaves the rest of the data set as it is', () => {
    const dataset = { train, test: samplesOf(1), name: 'birds' };
    const split = splitValidation(dataset, { share: 0.5 });
    expect(split.test).toBe(dataset.test);
    expect(split.name).toBe('birds');
    expect(dataset.train).toBe(train);
  });

  test('refuses a share that is none, and classes of one sample', () => {
    for (const share of [0, 1, Number.NaN]) {
      expect(() => splitValidation({ train }, { share })).toThrow(RangeError);
    }
    const lonely = { train: samplesOf(1, 1) };
    expect(() => splitValidation(lonely, { share: 0.1 })).toThrow(UserError);
    expect(() => splitValidation(lonely, { share: 0.1 })).toThrow('a single training image');
  });

  test('a limit counts the samples of the validation split, too', () => {
    const names = { name: '', root: '', classNames: [], partNames: [], warnings: [] };
    const split = splitValidation({ ...names, train, test: [] }, { share: 0.3 });
    expect(limit(split, 4).validation).toHaveLength(4);
    expect(limit({ ...names, train, test: [] }, 4)).not.toHaveProperty('validation');
  });
});

import { type ComparedRun, compareRuns, comparisonTable, renderComparison } from '@fbsd/trainer';
import { rangeTicks } from '../../src/report/ticks.ts';

const head = (name: string, accuracy: number) => ({ name, accuracy });

/** Two networks, one of a single head, of three seeds each. */
function example(): ComparedRun[] {
  return [1, 2, 3].flatMap((seed) => {
    const accuracy = 0.8 + seed / 100;
    const heads = [head('level 1', accuracy - 0.1), head('concat', accuracy)];
    return [
      { variant: 'plain', seed, accuracy, heads: [head('classifier', accuracy)] },
      { variant: '<both>', seed, accuracy: accuracy + 0.02 + seed / 1000, heads },
    ];
  });
}

const results = compareRuns(example(), ['plain']);

describe('comparisonTable', () => {
  test('has each head, all together and the paired difference, in percent', () => {
    // t₂ = 4.3027: of deviations of 1.0 and 0.1 an interval of ± 2.5 and ± 0.2
    expect(comparisonTable(results)).toEqual({
      columns: ['', 'level 1', 'concat', 'combined', 'against plain'],
      rows: [
        ['plain', '–', '–', '82.0 ± 2.5 (1.0)', '–'],
        ['<both>', '72.0 ± 2.5 (1.0)', '82.0 ± 2.5 (1.0)', '84.2 ± 2.7 (1.1)', '+2.2 ± 0.2 (0.1)'],
      ],
    });
  });

  test('of one seed it has the values alone, and what is worse has a minus', () => {
    const run = (variant: string, accuracy: number) => ({ variant, seed: 1, accuracy, heads: [] });
    const single = compareRuns([run('a', 0.5), run('b', 0.475), run('c', 0.5)], ['a']);
    expect(comparisonTable(single).rows).toEqual([
      ['a', '50.0', '–'],
      ['b', '47.5', '−2.5'],
      ['c', '50.0', '0.0'],
    ]);
  });
});

describe('renderComparison', () => {
  const page = renderComparison({
    title: 'Which & why',
    results,
    notes: ['Over three seeds.'],
    settings: { arch: 'mini' },
  });
  const [accuracies, differences] = page.split('<figure').slice(1) as [string, string];

  test('is one page, with every name as text', () => {
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('<title>Which &amp; why</title>');
    expect(page).not.toContain('<both>');
    expect(page).not.toMatch(/<script|<link|src=|NaN|undefined/);
    for (const text of ['Over three seeds.', '84.2 ± 2.7 (1.1)', 'seed 3', '>mini<']) {
      expect(page).toContain(text);
    }
  });

  test('draws each run, the mean and its interval where the axis has them', () => {
    expect(accuracies.match(/class="dot"/g)).toHaveLength(6);
    expect(differences.match(/class="dot"/g)).toHaveLength(3);
    expect(accuracies).toContain('<title>plain, seed 1: 81.0%</title>');
    const at = (pattern: RegExp) => Number(pattern.exec(accuracies)?.[1]);
    // Ticks give the scale: where 80% and 84% are.
    const tick = (value: string) =>
      at(new RegExp(`x="([\\d.]+)" y="\\d+" text-anchor="middle">${value}`));
    const perPoint = (tick('84.0%') - tick('82.0%')) / 2;
    expect(perPoint).toBeGreaterThan(10);
    const mean = at(/class="mean" cx="([\d.]+)"/);
    expect(mean).toBeCloseTo(tick('82.0%'), 0);
    const [, from, to] = /class="interval" x1="([\d.]+)" x2="([\d.]+)"/.exec(
      accuracies,
    ) as RegExpExecArray;
    expect((Number(to) - Number(from)) / perPoint).toBeCloseTo(2 * 2.484, 1);
    expect(differences).toContain('class="reference"');
    expect(differences).toContain('+2.2 [+2.0, +2.4]');
  });

  test('an interval that is far wider than the values is cut off at the edge', () => {
    const run = (seed: number, accuracy: number) => ({ variant: 'a', seed, accuracy, heads: [] });
    const wide = renderComparison({ title: '', results: compareRuns([run(1, 0.5), run(2, 0.52)]) });
    const ends = /class="interval" x1="([\d.]+)" x2="([\d.]+)"/.exec(wide)?.slice(1).map(Number);
    expect(ends).toEqual([138, 544]);
  });

  test('no axis of accuracies goes beyond 0 and 100%, whatever the interval', () => {
    const run = (seed: number, accuracy: number) => ({ variant: 'a', seed, accuracy, heads: [] });
    const wide = renderComparison({ title: '', results: compareRuns([run(1, 0.15), run(2, 0.9)]) });
    const ticks = [...wide.matchAll(/class="tick"[^>]*text-anchor="middle">([^<]+)%/g)];
    const percents = ticks.map(([, text]) => Number(text));
    expect(Math.min(...percents)).toBe(0);
    expect(Math.max(...percents)).toBe(100);
  });
});

test('rangeTicks are round numbers inside of the range', () => {
  expect(rangeTicks(0.813, 0.872)).toEqual([0.82, 0.84, 0.86]);
  expect(rangeTicks(-0.011, 0.02)).toEqual([-0.01, 0, 0.01, 0.02]);
  expect(rangeTicks(0.981, 0.989)).toEqual([0.982, 0.984, 0.986, 0.988]);
});

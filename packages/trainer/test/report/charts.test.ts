import { curves } from '../../src/report/curves.ts';
import { html } from '../../src/report/html.ts';
import { lineChart } from '../../src/report/line-chart.ts';
import { fractionTicks, integerTicks } from '../../src/report/ticks.ts';
import { exampleMetrics } from '../support/example-report.ts';

type Points = readonly (readonly [number, number])[];
const chart = (points: Points, yMax?: number) => {
  const series = [{ name: 'test', style: 'test', points }] as const;
  return html`${lineChart({ title: 'Loss', xName: 'epoch', series, ...(yMax !== undefined && { yMax }) })}`
    .text;
};
const pathOf = (svg: string) => /<path[^>]* d="([^"]*)"/.exec(svg)?.[1];

describe('lineChart', () => {
  test('the highest value needed is at the top, zero at the bottom', () => {
    expect(
      pathOf(
        chart([
          [1, 10],
          [2, 5],
          [3, 0],
        ]),
      ),
    ).toBe('M46 10L195 98L344 186');
  });

  test('describes itself and tells each value', () => {
    const svg = chart([
      [1, 4],
      [2, 1],
    ]);
    expect(svg).toContain('aria-label="Loss: test from 4 at epoch 1 to 1 at epoch 2"');
    expect(svg).toContain('<title>epoch 2\ntest 1</title>');
  });

  test('values that are not numbers interrupt the curve', () => {
    const values: Points = [
      [1, 4],
      [2, Number.NaN],
      [3, 2],
      [4, Number.POSITIVE_INFINITY],
      [5, 4],
    ];
    const svg = chart(values);
    expect(pathOf(svg)?.match(/M/g)).toHaveLength(3);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  test.each<[string, Points]>([
    ['one point', [[7, 3]]],
    [
      'zeros',
      [
        [1, 0],
        [2, 0],
      ],
    ],
    [
      'a constant',
      [
        [1, 2],
        [2, 2],
        [3, 2],
      ],
    ],
    [
      'nothing but NaN',
      [
        [1, Number.NaN],
        [2, Number.NaN],
      ],
    ],
  ])('%s: every length is a number', (_, points) => {
    const svg = chart(points);
    expect(svg).not.toMatch(/NaN|Infinity/);
    expect(svg).toContain('<svg');
  });

  test('values above the chart are marked at its upper edge, and the largest is told', () => {
    const svg = chart(
      [
        [1, 30],
        [2, 50],
        [3, 4],
      ],
      10,
    );
    expect([...svg.matchAll(/class="off test" d="(.*?)"/g)].map(([, d]) => d)).toEqual([
      'M41.5 18L46 10L50.5 18Z',
      'M190.5 18L195 10L199.5 18Z',
    ]);
    expect(svg).toContain('▲ above the chart: test up to 50 at epoch 2</p>');
    expect(chart([[1, 10]], 10)).not.toMatch(/class="off|above the chart/);
  });

  test('without points there is no chart', () => {
    expect(chart([])).toBe('');
    expect(chart([[Number.NaN, 1]])).toBe('');
  });
});

describe('ticks', () => {
  test.each([
    [1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [9.7, [0, 2, 4, 6, 8, 10]],
    [0.02, [0, 0.005, 0.01, 0.015, 0.02]],
    [0.3, [0, 0.1, 0.2, 0.3]],
    [0, [0, 1]],
    [Number.NaN, [0, 1]],
  ])('from 0 to what holds %d', (max, ticks) => {
    expect(fractionTicks(max)).toEqual(ticks);
  });

  test.each([
    [1, 12, [3, 6, 9, 12]],
    [1, 200, [50, 100, 150, 200]],
    [1, 3, [1, 2, 3]],
    [7, 7, [7]],
  ])('whole numbers from %i to %i', (first, last, ticks) => {
    expect(integerTicks(first, last)).toEqual(ticks);
  });
});

describe('curves', () => {
  test('epochs without a test are left out of the curve of tests', () => {
    const metrics = exampleMetrics(5).map((line) =>
      line.kind === 'epoch' && line.epoch % 2 === 1 ? { ...line, test: null } : line,
    );
    const { text } = curves({ metrics, chance: undefined });
    const corners = (style: string) =>
      new RegExp(`<path class="curve ${style}" d="([^"]+)"`).exec(text)?.[1]?.match(/[ML]/g)
        ?.length;
    expect([corners('train'), corners('test')]).toEqual([5, 2]);
  });

  const heights = (loss: (epoch: number) => number) => {
    const metrics = exampleMetrics(5).map((line) =>
      line.kind === 'epoch' ? { ...line, test: { ...line.test, loss: loss(line.epoch) } } : line,
    );
    const { text } = curves({ metrics, chance: undefined });
    return /<path class="curve test" d="M46 (-?[\d.]+)L/.exec(text)?.[1];
  };

  test('a test loss far above the training loss leaves the chart instead of flattening it', () => {
    expect(Number(heights((epoch) => (epoch === 1 ? 700 : 7 / epoch)))).toBeLessThan(-5000);
    expect(Number(heights((epoch) => 10 / epoch))).toBe(10); // within reach: the axis ends at 10
  });

  test('a run of one epoch is drawn by steps, with its test at the last of them', () => {
    const { text } = curves({ metrics: exampleMetrics(1), chance: 0.1 });
    expect(text).toMatch(
      /<title>step 1\ntrain 7<\/title>.*<title>step 2\ntrain 7\ntest 7.5<\/title>/s,
    );
    expect(text).toContain('<figcaption>Learning rate</figcaption>');
  });

  test('a short run that logged no step has no empty chart', () => {
    const metrics = exampleMetrics(1).filter(({ kind }) => kind === 'epoch');
    const { text } = curves({ metrics, chance: 0.1 });
    expect([...text.matchAll(/<figcaption>(.*?)</g)].map(([, title]) => title)).toEqual([
      'Loss',
      'Accuracy, all heads together',
      'level 1',
      'level 2',
      'level 3',
      'concat',
    ]);
    expect(text).not.toContain('Nothing was logged');
  });

  test('a run without tests has no curve of them', () => {
    const metrics = exampleMetrics(3).map((line) =>
      line.kind === 'epoch' ? { ...line, test: null } : line,
    );
    const { text } = curves({ metrics, chance: undefined });
    expect(text).not.toContain('</i>test');
    expect(text).toContain('</i>train');
  });

  test('long runs are thinned out, but end at the last epoch', () => {
    const { text } = curves({ metrics: exampleMetrics(900), chance: undefined });
    const epochs = [...text.matchAll(/<title>epoch (\d+)\n/g)].map(([, epoch]) => Number(epoch));
    expect(epochs.length / 6).toBeLessThanOrEqual(301); // loss, accuracy and four heads
    expect(epochs.at(-1)).toBe(900);
  });
});

import { headNames } from '@fbsd/fbsd';
import { percent } from '../format.ts';
import type { Averages, EpochLine, MetricsLine, StepLine } from '../train/metrics.ts';
import { type Html, html } from './html.ts';
import { lineChart, type Point, type Series } from './line-chart.ts';

export interface CurvesArgs {
  metrics: readonly MetricsLine[];
  /** Accuracy of guessing; drawn beside the accuracy when it is known. */
  chance: number | undefined;
}

/** A value in training and in tests. */
interface Curves {
  xName: 'epoch' | 'step';
  train: Series;
  test: Series;
}

/** More points than this are thinned out: a chart has no room for them. */
const MOST_POINTS = 300;
/** Test losses beyond this many times the highest training loss are cut off. */
const HIGHEST_TEST_LOSS = 2;

/**
 * Loss, accuracy and learning rate over the run; on demand the loss of each head. By epochs, or by steps where there
 * are fewer than two epochs. A chart that would have nothing to show is left out.
 */
export function curves({ metrics, chance }: CurvesArgs): Html {
  const epochs = thinned(metrics.filter((line): line is EpochLine => line.kind === 'epoch'));
  const steps = thinned(metrics.filter((line): line is StepLine => line.kind === 'step'));
  if (epochs.length === 0 && steps.length === 0) {
    return html`<p class="quiet">The run ended before its first epoch and its first line of the log.</p>`;
  }
  const bySteps = epochs.length < 2 && steps.length > 1;
  const xName = bySteps ? 'step' : 'epoch';
  const trainAndTest = (value: (averages: Averages) => number | undefined): Curves => ({
    xName,
    train: {
      name: 'train',
      style: 'train',
      points: bySteps
        ? steps.map((line) => [line.step, number(value(line))])
        : epochs.map((line) => [line.epoch, number(value(line.train))]),
    },
    test: {
      name: epochs.some(({ validation }) => validation) ? 'validation' : 'test',
      style: 'test',
      points: epochs.flatMap((line): Point[] => {
        const tested = line.validation ?? line.test;
        return tested ? [[line[xName], number(value(tested))]] : [];
      }),
    },
  });
  const accuracy = trainAndTest((averages) => averages.accuracy);
  const lines = bySteps ? steps : epochs.map((line) => line.train);
  const heads = headNames(Math.max(0, ...lines.map(({ losses }) => losses.length)));
  return html`<div class="charts">
${lossChart(
  'Loss',
  trainAndTest(({ loss }) => loss),
)}
${lineChart({
  title: 'Accuracy, all heads together',
  xName,
  series: [accuracy.train, accuracy.test],
  format: percent,
  formatTick: (y) => percent(y, 0),
  yMax: 1,
  ...(chance !== undefined && { reference: { name: `chance ${percent(chance)}`, y: chance } }),
})}
${lineChart({ title: 'Learning rate', xName: 'step', series: learningRates(steps) })}
</div>
${
  heads.length > 0 &&
  html`<details><summary>Cross entropy of each head</summary><div class="charts">
${heads.map((name, i) =>
  lossChart(
    name,
    trainAndTest(({ losses }) => losses[i]),
  ),
)}
</div></details>`
}`;
}

/**
 * Before the running statistics have settled the test loss can be a hundred times the training loss,
 * which would flatten the rest of the run: such values are marked at the upper edge instead.
 */
function lossChart(title: string, { xName, train, test }: Curves): Html | false {
  const highest = Math.max(...train.points.map(([, y]) => y).filter(Number.isFinite));
  const most = Math.max(...test.points.map(([, y]) => y).filter(Number.isFinite));
  const cut = highest > 0 && most > HIGHEST_TEST_LOSS * highest;
  return lineChart({
    title,
    xName,
    series: [train, test],
    ...(cut && { yMax: HIGHEST_TEST_LOSS * highest }),
  });
}

/** The rate of the new layers and that of the backbone, or one curve where they are the same. */
function learningRates(steps: readonly StepLine[]): Series[] {
  const points = (layers: 'new' | 'pretrained') =>
    steps.map(({ step, learningRate }): Point => [step, number(learningRate[layers])]);
  const same = steps.every(({ learningRate }) => learningRate.new === learningRate.pretrained);
  return same
    ? [{ name: 'all layers', style: 'test', points: points('new') }]
    : [
        { name: 'new layers', style: 'test', points: points('new') },
        { name: 'backbone', style: 'train', points: points('pretrained') },
      ];
}

/** NaN, which interrupts a curve, for a value that is missing: JSON has no NaN, only null. */
function number(value: number | null | undefined): number {
  return value ?? Number.NaN;
}

/** Every n-th line, and the last one. */
function thinned<T>(lines: readonly T[]): T[] {
  const every = Math.ceil(lines.length / MOST_POINTS);
  return lines.filter((_, i) => i === lines.length - 1 || i % every === 0);
}

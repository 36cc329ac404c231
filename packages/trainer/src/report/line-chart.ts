import { significant } from '../format.ts';
import { type Html, html } from './html.ts';
import { fractionTicks, integerTicks } from './ticks.ts';

/** A point of a curve: x, y. */
export type Point = readonly [x: number, y: number];

export interface Series {
  name: string;
  /** Decides the colour. */
  style: 'train' | 'test';
  /** By increasing x; where y is not finite the curve is interrupted. */
  points: readonly Point[];
}

export interface LineChartArgs {
  title: string;
  /** Name of the x axis, which counts in whole numbers: 'epoch', 'step'. */
  xName: string;
  series: readonly Series[];
  /** How values are written. @default three significant digits */
  format?: (y: number) => string;
  /** How values are written at the axis. @default as `format` */
  formatTick?: (y: number) => string;
  /** The y axis goes from 0 to at least this; curves are cut off above. @default their maximum */
  yMax?: number;
  /** A level to compare with, drawn as a dashed line. */
  reference?: { name: string; y: number };
}

const WIDTH = 360;
const HEIGHT = 224;
const PLOT = { left: 46, right: 344, top: 10, bottom: 186 };
/** Curves are cut off outside of it: the plot and room for the thickness of a line at its edges. */
const WINDOW = { top: PLOT.top - 5, height: PLOT.bottom - PLOT.top + 10 };

/**
 * Curves over epochs or steps as inline SVG, with a legend that gives the last value of each. Values above the chart
 * are marked at its upper edge, and the largest one is told.
 *
 * @returns nothing when there is no point to draw
 */
export function lineChart(args: LineChartArgs): Html | false {
  const { title, xName, format = significant, reference } = args;
  const drawn = args.series
    .map((one) => ({ ...one, points: one.points.filter(([x]) => Number.isFinite(x)) }))
    .filter(({ points }) => points.length > 0);
  const xs = [...new Set(drawn.flatMap(({ points }) => points.map(([x]) => x)))].sort(
    (a, b) => a - b,
  );
  if (xs.length === 0) return false;

  const ys = drawn.flatMap(({ points }) => points.map(([, y]) => y)).filter(Number.isFinite);
  const yTicks = fractionTicks(args.yMax ?? Math.max(0, ...ys, reference?.y ?? 0));
  const top = yTicks.at(-1) as number;
  const [first, last] = [xs[0] as number, xs.at(-1) as number];
  const x = (value: number) =>
    first === last
      ? (PLOT.left + PLOT.right) / 2
      : scale(value, first, last, PLOT.left, PLOT.right);
  const y = (value: number) => scale(value, 0, top, PLOT.bottom, PLOT.top);

  const grid = yTicks.map(
    (
      value,
    ) => html`<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${px(y(value))}" y2="${px(y(value))}"/>
<text class="tick" x="${PLOT.left - 6}" y="${px(y(value) + 4)}" text-anchor="end">${(args.formatTick ?? format)(value)}</text>`,
  );
  const below = integerTicks(first, last).map(
    (value) =>
      html`<text class="tick" x="${px(x(value))}" y="${PLOT.bottom + 16}" text-anchor="middle">${value}</text>`,
  );
  const dashed =
    reference &&
    html`<line class="reference" x1="${PLOT.left}" x2="${PLOT.right}" y1="${px(y(reference.y))}" y2="${px(y(reference.y))}"/>
<text class="tick" x="${PLOT.right}" y="${px(y(reference.y) - 5)}" text-anchor="end">${reference.name}</text>`;
  const curves = drawn.map(({ style, points }) => {
    const finite = points.filter(([, value]) => Number.isFinite(value));
    const [endX, endY] = finite.at(-1) ?? [];
    return html`<path class="curve ${style}" d="${path(points.map(([at, value]) => [x(at), y(value)]))}"/>
${endX !== undefined && endY !== undefined && endY <= top && html`<circle class="end ${style}" cx="${px(x(endX))}" cy="${px(y(endY))}" r="3.5"/>`}`;
  });
  const above = drawn.map(({ name, style, points }) => ({
    name,
    style,
    points: points.filter(([, value]) => Number.isFinite(value) && value > top),
  }));
  const step = xs.length > 1 ? (PLOT.right - PLOT.left) / (xs.length - 1) : PLOT.right - PLOT.left;
  const readings = xs.map((at) => {
    const values = drawn.map(({ name, points }) => {
      const value = points.find(([other]) => other === at)?.[1];
      return value === undefined ? '' : `\n${name} ${format(value)}`;
    });
    return html`<rect class="reading" x="${px(x(at) - step / 2)}" y="${PLOT.top}" width="${px(step)}" height="${PLOT.bottom - PLOT.top}"><title>${xName} ${at}${values}</title></rect>`;
  });
  return html`<figure class="chart">
<figcaption>${title}</figcaption>
<p class="legend">${drawn.map(({ name, style, points }) => html`<span><i class="${style}"></i>${name} <b>${format(points.at(-1)?.[1] ?? Number.NaN)}</b></span>`)}</p>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${description(args, drawn, format)}">
${grid}${below}
<text class="tick" x="${(PLOT.left + PLOT.right) / 2}" y="${HEIGHT - 4}" text-anchor="middle">${xName}</text>
${dashed}<svg y="${WINDOW.top}" width="${WIDTH}" height="${WINDOW.height}" viewBox="0 ${WINDOW.top} ${WIDTH} ${WINDOW.height}">${curves}</svg>${above.map(({ style, points }) => points.map(([at]) => offMark(x(at), style)))}${readings}
</svg>
${aboveNote(above, xName, format)}</figure>`;
}

/** A triangle at the upper edge: the curve is above. */
function offMark(x: number, style: Series['style']): Html {
  return html`<path class="off ${style}" d="M${px(x - 4.5)} ${PLOT.top + 8}L${px(x)} ${PLOT.top}L${px(x + 4.5)} ${PLOT.top + 8}Z"/>`;
}

/** Tells the largest values that are not in the chart. */
function aboveNote(
  above: readonly Pick<Series, 'name' | 'points'>[],
  xName: string,
  format: (y: number) => string,
): Html | false {
  const largest = above.flatMap(({ name, points }) => {
    if (points.length === 0) return [];
    const [x, y] = points.reduce((a, b) => (b[1] > a[1] ? b : a));
    return [`${name} up to ${format(y)} at ${xName} ${x}`];
  });
  return (
    largest.length > 0 && html`<p class="quiet above">▲ above the chart: ${largest.join('; ')}</p>`
  );
}

/** For those who cannot see the chart. */
function description(
  { title, xName }: LineChartArgs,
  series: readonly Series[],
  format: (y: number) => string,
): string {
  const ends = series.flatMap(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    if (!first || !last) return [];
    return `${name} from ${format(first[1])} at ${xName} ${first[0]} to ${format(last[1])} at ${xName} ${last[0]}`;
  });
  return `${title}: ${ends.join('; ')}`;
}

/** A path through the points; one that is not finite interrupts it. */
function path(points: readonly Point[]): string {
  let pen = 'M';
  let commands = '';
  for (const [x, y] of points) {
    if (!Number.isFinite(y)) {
      pen = 'M';
      continue;
    }
    commands += `${pen}${px(x)} ${px(y)}`;
    pen = 'L';
  }
  return commands;
}

function scale(value: number, from: number, to: number, start: number, end: number): number {
  return start + ((value - from) / (to - from)) * (end - start);
}

/** A length in the unit of the viewBox; a tenth is finer than a pixel. */
function px(length: number): number {
  return Math.round(length * 10) / 10;
}

import type { SeedValue } from '../../compare/compare-runs.ts';
import type { Estimate } from '../../compare/estimate.ts';
import { type Html, html } from '../html.ts';
import { rangeTicks } from '../ticks.ts';

/** A row of a {@link dotPlot}. */
interface DotRow {
  name: string;
  values: readonly SeedValue[];
  estimate: Estimate;
}

export interface DotPlotArgs {
  title: string;
  rows: readonly DotRow[];
  /** How values are written. */
  format: (value: number) => string;
  /** A value to compare with, drawn as a dashed line. */
  reference?: number;
  /** Between what values lie: what is beyond, of an interval, is cut off. @default anything */
  limits?: readonly [number, number];
}

const WIDTH = 560;
const PLOT = { left: 138, right: 544, top: 8 };
const ROW = 46;
const AXIS = 28;
/** Of the single values and of the mean, below the upper edge of a row. */
const LINES = { values: 14, mean: 30 };

/** A row for each variant as inline SVG: a point for each seed, and below them mean and interval. */
export function dotPlot({ title, rows, format, reference, limits }: DotPlotArgs): Html {
  const [low, high] = domainOf(rows, reference, limits);
  const x = (value: number) => {
    const inside = Math.min(Math.max(value, low), high);
    return px(PLOT.left + ((inside - low) / (high - low)) * (PLOT.right - PLOT.left));
  };
  const bottom = PLOT.top + rows.length * ROW;
  const grid = rangeTicks(low, high).map(
    (
      tick,
    ) => html`<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${PLOT.top}" y2="${bottom}"/>
<text class="tick" x="${x(tick)}" y="${bottom + 17}" text-anchor="middle">${format(tick)}</text>`,
  );
  const dashed =
    reference !== undefined &&
    html`<line class="reference" x1="${x(reference)}" x2="${x(reference)}" y1="${PLOT.top}" y2="${bottom}"/>`;
  const drawn = rows.map(({ name, values, estimate }, i) => {
    const top = PLOT.top + i * ROW;
    const { mean, interval } = estimate;
    return html`<text class="dot-name" x="0" y="${top + 19}">${name}</text>
<text class="tick" x="0" y="${top + 35}">${spoken(estimate, format)}</text>
${values.map(({ seed, value }) => html`<circle class="dot" cx="${x(value)}" cy="${top + LINES.values}" r="4"><title>${name}, seed ${seed}: ${format(value)}</title></circle>`)}
${interval && html`<line class="interval" x1="${x(interval[0])}" x2="${x(interval[1])}" y1="${top + LINES.mean}" y2="${top + LINES.mean}"/>`}<circle class="mean" cx="${x(mean)}" cy="${top + LINES.mean}" r="5"><title>${name}: ${spoken(estimate, format)}</title></circle>`;
  });
  const told = rows.map(({ name, estimate }) => `${name} ${spoken(estimate, format)}`).join('; ');
  return html`<figure class="dots">
<figcaption>${title}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${bottom + AXIS}" role="img" aria-label="${title}: ${told}">
${grid}${dashed}${drawn}
</svg></figure>`;
}

/** The mean, with its interval where there is one. */
function spoken({ mean, interval }: Estimate, format: (value: number) => string): string {
  if (interval === null) return format(mean);
  return `${format(mean)} [${format(interval[0])}, ${format(interval[1])}]`;
}

/** Room for all values, and for intervals as far as they are not much wider than that, as those of two values are. */
function domainOf(
  rows: readonly DotRow[],
  reference: number | undefined,
  [smallest, largest]: readonly [number, number] = [-Infinity, Infinity],
): [number, number] {
  const values = rows.flatMap(({ values }) => values.map(({ value }) => value));
  if (reference !== undefined) values.push(reference);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const span = Math.max(most - least, 0.01);
  const ends = rows.flatMap(({ estimate }) => estimate.interval ?? []);
  const low = Math.max(Math.min(least, ...ends), least - span, smallest);
  const high = Math.min(Math.max(most, ...ends), most + span, largest);
  const margin = 0.04 * Math.max(high - low, 0.01);
  return [low - margin, high + margin];
}

/** A length in the unit of the viewBox; a tenth is finer than a pixel. */
function px(length: number): number {
  return Math.round(length * 10) / 10;
}

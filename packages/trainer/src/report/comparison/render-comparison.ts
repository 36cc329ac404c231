import { referencesOf, type VariantResult } from '../../compare/compare-runs.ts';
import { percent } from '../../format.ts';
import { htmlDocument } from '../document.ts';
import { type ReportFacts, reportHeader } from '../headline.ts';
import { type Html, html } from '../html.ts';
import { settingsTable } from '../settings-table.ts';
import { dotPlot } from './dot-plot.ts';
import { comparisonTable, signedPoints } from './table.ts';

/** The contents of a comparison. */
export interface ComparisonReport {
  /** Stands above, as text. */
  title: string;
  /** Of `compareRuns`, in the order of the rows. */
  results: readonly VariantResult[];
  /** What the numbers are and how far they carry, a sentence each. @default none */
  notes?: readonly string[];
  /** What all runs have in common. @default none */
  settings?: Readonly<Record<string, unknown>>;
  /** Date and architecture. @default none */
  facts?: Pick<ReportFacts, 'date' | 'architecture' | 'command'>;
}

/**
 * Renders a comparison of variants over several seeds as the text of one HTML page that needs nothing else: a plot of
 * every run with means and intervals, a table, all that was measured.
 */
export function renderComparison(report: ComparisonReport): string {
  const { title, results, notes = [], settings = {}, facts = {} } = report;
  const accuracies = results.map(({ variant: name, combined }) => ({
    ...{ name, values: combined.values, estimate: combined },
  }));
  return htmlDocument(
    title,
    html`${reportHeader(title, facts)}
<section class="dot-plots">
${dotPlot({ title: 'Accuracy, all heads together', rows: accuracies, format: percent, limits: [0, 1] })}
${differencePlots(results)}
</section>
<section id="table"><h2>In numbers</h2><div class="scroll">${resultTable(results)}</div>
${notes.map((note) => html`<p class="quiet note">${note}</p>\n`)}</section>
<section id="runs"><h2>Every run</h2><div class="scroll">${runsTable(results)}</div></section>
${Object.keys(settings).length > 0 && html`<section id="settings"><h2>Settings of all runs</h2>${settingsTable(settings)}</section>`}`,
  ).text;
}

function differencePlots(results: readonly VariantResult[]): Html[] {
  return referencesOf(results).map((other) =>
    dotPlot({
      title: `Difference to ${other} in percentage points, seed by seed`,
      rows: results.flatMap(({ variant: name, differences }) =>
        differences
          .filter(({ against }) => against === other)
          .map((difference) => ({ name, values: difference.values, estimate: difference })),
      ),
      format: signedPoints,
      reference: 0,
    }),
  );
}

function resultTable(results: readonly VariantResult[]): Html {
  const { columns, rows } = comparisonTable(results);
  return html`<table class="plain compared"><caption>In percent: mean ± half of the 95% interval (deviation)</caption>
<thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(([name, ...cells]) => html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody></table>`;
}

/** The accuracy of each run: a row for each variant, a column for each seed. */
function runsTable(results: readonly VariantResult[]): Html {
  const seeds = [
    ...new Set(results.flatMap(({ combined }) => combined.values.map(({ seed }) => seed))),
  ];
  return html`<table class="plain compared"><caption>Accuracy, all heads together</caption>
<thead><tr><th></th>${seeds.map((seed) => html`<th scope="col">seed ${seed}</th>`)}</tr></thead>
<tbody>${results.map(({ variant, combined }) => {
    const cells = seeds.map((seed) => {
      const found = combined.values.find((value) => value.seed === seed);
      return html`<td>${found ? percent(found.value) : '–'}</td>`;
    });
    return html`<tr><th scope="row">${variant}</th>${cells}</tr>\n`;
  })}</tbody></table>`;
}

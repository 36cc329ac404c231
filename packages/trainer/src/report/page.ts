import type { Evaluation, MetricsLine } from '../train/metrics.ts';
import { annotationLegend } from './annotation-marks.ts';
import { confusionSection } from './confusion.ts';
import { curves } from './curves.ts';
import type { Encoder } from './encoder.ts';
import { factList, headline, type ReportFacts } from './headline.ts';
import { type Html, html } from './html.ts';
import { type ReportSample, sampleCard } from './sample-card.ts';
import { STRIP_PATTERNS } from './strip-pictures.ts';
import { STYLE } from './style.ts';

/** The contents of a report. */
export interface Report {
  /** Stands above the report, as text. */
  title: string;
  /** Everything that decided the result. */
  settings: Readonly<Record<string, unknown>>;
  /** The lines of `metrics.jsonl`; none when nothing was trained. */
  metrics: readonly MetricsLine[];
  /** Results on the test images, when there are any. */
  evaluation?: Evaluation;
  /** By class index. */
  classNames: readonly string[];
  /** Images to explain, in their order. */
  samples: readonly ReportSample[];
  /** Measurements of the run. @default none */
  facts?: ReportFacts;
}

/** The whole report as one HTML page that needs nothing else: no script, no file, no network. */
export async function page(report: Report, encoder: Encoder): Promise<Html> {
  const { title, settings, metrics, evaluation, classNames, facts = {} } = report;
  const samples = await Promise.all(
    report.samples.map((sample, index) => sampleCard({ sample, index, classNames, encoder })),
  );
  const chance = evaluation && 1 / evaluation.confusion.length;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header><p class="eyebrow">Feature Boosting, Suppression and Diversification</p><h1>${title}</h1></header>
${evaluation ? headline(evaluation, factList(facts)) : factList(facts)}
${samples.length > 0 && html`<section id="samples"><h2>What each level saw</h2>${LEGEND}${annotationLegend(report.samples.flatMap(({ annotations }) => annotations ?? []))}${STRIP_PATTERNS}${samples}</section>`}
${(metrics.length > 0 || evaluation) && html`<section id="curves"><h2>Training</h2>${curves({ metrics, chance })}</section>`}
${evaluation && html`<section id="confusion"><h2>Confusion</h2>${await confusionSection(evaluation.confusion, classNames, encoder)}</section>`}
<section id="settings"><h2>Settings</h2>${settingsTable(settings)}</section>
</main>
</body>
</html>
`;
}

const LEGEND = html`<p class="lede">Each level cuts its feature map into strips and <b class="boosts">boosts</b> every strip by its share of the evidence, so the framed one stands out most in what this level’s classifier gets. That strip is then <b class="suppresses">suppressed</b> before the next stage sees the map, so the next level has to find other evidence.</p>`;

function settingsTable(settings: Readonly<Record<string, unknown>>): Html {
  const entries = Object.entries(settings);
  if (entries.length === 0) return html`<p class="quiet">None were recorded.</p>`;
  return html`<table class="plain settings"><tbody>${entries.map(
    ([name, value]) =>
      html`<tr><th scope="row">${name}</th><td><code>${typeof value === 'string' ? value : JSON.stringify(value)}</code></td></tr>\n`,
  )}</tbody></table>`;
}

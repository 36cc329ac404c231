import type { Mistake } from '../explain/mistakes.ts';
import type { Evaluation, MetricsLine } from '../train/metrics.ts';
import { annotationLegend } from './annotation-marks.ts';
import { classTable } from './class-table.ts';
import { confusionSection } from './confusion.ts';
import { curves } from './curves.ts';
import { htmlDocument } from './document.ts';
import type { Encoder } from './encoder.ts';
import { factList, headline, type ReportFacts, reportHeader } from './headline.ts';
import { type Html, html } from './html.ts';
import { mistakesSection } from './mistakes.ts';
import { pictureRows, picturesCsv } from './picture-rows.ts';
import { cardId, type ReportSample, sampleCard } from './sample-card.ts';
import { settingsTable } from './settings-table.ts';
import { STRIP_PATTERNS } from './strip-pictures.ts';

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
  /** Names of the test images in the order of the evaluation, for a table to download. @default no table */
  testFiles?: readonly string[];
  /** Test images that were put in a wrong class, in the order of the report. @default no gallery */
  mistakes?: readonly Mistake[];
  /** By class index. */
  classNames: readonly string[];
  /** Images to explain, in their order. */
  samples: readonly ReportSample[];
  /** Says where these images are from, a sentence. @default nothing */
  samplesAre?: string;
  /** Measurements of the run. @default none */
  facts?: ReportFacts;
}

/** A table of more pictures than this would make the page slow to open. */
const MOST_ROWS = 10_000;

/** The whole report as one HTML page that needs nothing else: no script, no file, no network. */
export async function page(report: Report, encoder: Encoder): Promise<Html> {
  const { title, metrics, evaluation, facts = {} } = report;
  const sections = (await sectionsOf(report, encoder)).filter(({ content }) => content);
  return htmlDocument(
    title,
    html`${reportHeader(title, facts)}
${evaluation ? headline(evaluation, metrics, factList(facts)) : factList(facts)}
${metrics.length > 0 && !evaluation && html`<p class="quiet untested">Nothing was tested in this run, so there is no accuracy to report.</p>`}
${sections.length > 1 && html`<nav aria-label="Contents">${sections.map(({ id, name }) => html`<a href="#${id}">${name}</a>\n`)}</nav>`}
${sections.map(({ id, name, content }) => html`<section id="${id}"><h2>${name}</h2>${content}</section>\n`)}`,
  );
}

interface Section {
  id: string;
  name: string;
  /** Without any the section is left out. */
  content: Html | false | undefined;
}

async function sectionsOf(report: Report, encoder: Encoder): Promise<Section[]> {
  const { settings, metrics, evaluation, mistakes, classNames, samples } = report;
  const chance = evaluation && 1 / evaluation.confusion.length;
  const files = samples.map(({ file }) => file);
  const gallery = evaluation &&
    mistakes && {
      mistakes,
      results: evaluation.pictures,
      classNames,
      encoder,
      cardOf: (file: string) => (files.includes(file) ? cardId(files.indexOf(file)) : undefined),
    };
  return [
    { id: 'curves', name: 'Training', content: metrics.length > 0 && curves({ metrics, chance }) },
    { id: 'mistakes', name: 'Mistakes', content: gallery && (await mistakesSection(gallery)) },
    {
      id: 'classes',
      name: 'Classes',
      content: evaluation && classTable(evaluation.confusion, classNames),
    },
    {
      id: 'confusion',
      name: 'Confusion',
      content: evaluation && (await confusionSection(evaluation.confusion, classNames, encoder)),
    },
    {
      id: 'samples',
      name: 'What each level saw',
      content: samples.length > 0 && (await samplesSection(report, encoder)),
    },
    { id: 'pictures', name: 'Every picture', content: picturesSection(report) },
    { id: 'settings', name: 'Settings', content: settingsTable(settings) },
  ];
}

async function samplesSection(
  { samples, samplesAre, classNames }: Report,
  encoder: Encoder,
): Promise<Html> {
  const cards = await Promise.all(
    samples.map((sample, index) => sampleCard({ sample, index, classNames, encoder })),
  );
  const marked = annotationLegend(samples.flatMap(({ annotations }) => annotations ?? []));
  return html`${LEGEND}${samplesAre && html`<p class="lede">${samplesAre}</p>`}${marked}${STRIP_PATTERNS}${cards}`;
}

const LEGEND = html`<p class="lede">Each level cuts its feature map into strips and <b class="boosts">boosts</b> every strip by its share of the evidence, so the framed one stands out most in what this level’s classifier gets. That strip is then <b class="suppresses">suppressed</b> before the next stage sees the map, so the next level has to find other evidence. The response is the norm of the boosted features at each position; the scale below each picture has its smallest and its largest value.</p>`;

function picturesSection({ evaluation, testFiles, classNames }: Report): Html | false {
  if (!evaluation || !testFiles || testFiles.length > MOST_ROWS) return false;
  const csv = picturesCsv(pictureRows(evaluation.pictures, testFiles, classNames));
  // Of what encodeURIComponent encodes, these may stay; they are most of a table.
  const text = encodeURIComponent(csv).replace(/%(20|2C|2F)/g, decodeURIComponent);
  const address = `data:text/csv;charset=utf-8,${text}`;
  return html`<p><a download="test-pictures.csv" href="${address}">A row for each of the ${testFiles.length} test pictures, as CSV</a>: its class, the class that it was put in, and their probabilities.</p>`;
}

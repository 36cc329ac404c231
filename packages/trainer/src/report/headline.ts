import { headNames } from '@fbsd/fbsd';
import { bytes, count, duration, percent, significant } from '../format.ts';
import type { EpochLine, Evaluation, MetricsLine } from '../train/metrics.ts';
import { type Html, html } from './html.ts';

/** What is known of a run; what is not given is left out of the report. */
export interface ReportFacts {
  /** When the report was made, as `new Date().toISOString()`. */
  date?: string;
  /** The network and the size of its images, in a line for people. */
  architecture?: string;
  /** What was typed to start it. */
  command?: string;
  /** The backend of tfjs, in a line for people. */
  backend?: string;
  /** Duration of the whole run. */
  seconds?: number;
  /** In training, decoding included. */
  imagesPerSecond?: number;
  /** Largest resident memory of the process. */
  peakMemoryBytes?: number;
}

/**
 * The result in one number, the accuracy of each head, and the measurements of the run.
 *
 * @param metrics of the run, to tell when it was tested and when the result was best; none without a run
 */
export function headline(
  evaluation: Evaluation,
  metrics: readonly MetricsLine[],
  facts: Html,
): Html {
  const { accuracy, count: images } = evaluation;
  const names = headNames(evaluation.heads.length);
  const chance = 1 / evaluation.confusion.length;
  return html`<section class="headline" aria-label="Result">
<div class="result">
<p class="figure">${percent(accuracy)}</p>
<p>of ${count(images)} test images put in the right one of ${evaluation.confusion.length} classes<br><span class="quiet">all heads together, ${count(Math.round(accuracy * images))} right; chance is ${percent(chance)}</span>${lastAndBest(metrics)}</p>
${meter(accuracy, chance)}
</div>
<table class="plain heads"><caption>Each head alone</caption>
<thead><tr><th scope="col">head</th><th scope="col">accuracy</th><th scope="col" class="number">cross entropy</th></tr></thead>
<tbody>${evaluation.heads.map((share, i) => headRow(names[i] as string, share, evaluation.losses[i], chance))}
<tr class="total"><th scope="row">all together</th><td><div>${meter(accuracy, chance)}<b>${percent(accuracy)}</b></div></td><td></td></tr></tbody></table>
${facts}
</section>`;
}

/** Which epoch the result is of: the last one, and which was the best; with a validation split the best by that. */
function lastAndBest(metrics: readonly MetricsLine[]): Html | false {
  const tested = metrics.flatMap((line) => {
    const result = line.kind === 'epoch' ? (line.validation ?? line.test) : null;
    return result ? [{ ...result, epoch: (line as EpochLine).epoch, line: line as EpochLine }] : [];
  });
  const last = tested.at(-1);
  if (!last) return false;
  const best = tested.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  if (last.line.validation) {
    return html`<br><span class="quiet">after epoch ${best.epoch} of ${last.epoch}, the best on ${count(best.count)} validation images: ${percent(best.accuracy)}</span>`;
  }
  const told =
    best === last
      ? 'the best of all epochs'
      : `the best was ${percent(best.accuracy)} after epoch ${best.epoch}`;
  return html`<br><span class="quiet">after the last epoch, ${last.epoch}; ${told}</span>`;
}

function headRow(name: string, accuracy: number, loss: number | undefined, chance: number): Html {
  return html`<tr><th scope="row">${name}</th><td><div>${meter(accuracy, chance)}<b>${percent(accuracy)}</b></div></td><td class="number">${significant(loss ?? Number.NaN)}</td></tr>
`;
}

/** A bar from 0 to 1 with a mark at chance. */
function meter(share: number, chance: number): Html {
  const width = Number.isFinite(share) ? percent(share) : '0%';
  return html`<span class="meter" aria-hidden="true"><i style="width:${width}"></i><s style="left:${percent(chance)}"></s></span>`;
}

/** Title, date, architecture and command of a run. */
export function reportHeader(title: string, { date, architecture, command }: ReportFacts): Html {
  const known = [date !== undefined && dateOf(date), architecture].filter((part) => part);
  return html`<header><p class="eyebrow">Feature Boosting, Suppression and Diversification</p><h1>${title}</h1>
${known.length > 0 && html`<p class="quiet about">${known.map((part, i) => [i > 0 && ' · ', part])}</p>`}${command !== undefined && html`<p class="command"><code>${command}</code></p>`}</header>`;
}

/** 2026-11-27T04:14:18.000Z as 27 November 2026, 04:14 UTC: the same wherever it is rendered. */
function dateOf(iso: string): Html {
  const date = new Date(iso);
  const text = Number.isNaN(date.getTime())
    ? iso
    : `${date.toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).replace(' at ', ', ')} UTC`;
  return html`<time datetime="${iso}">${text}</time>`;
}

/** The measurements of a run as a list. */
export function factList({
  backend,
  seconds,
  imagesPerSecond,
  peakMemoryBytes,
}: ReportFacts): Html {
  const facts: [string, string | undefined][] = [
    ['backend', backend],
    ['duration', seconds === undefined ? undefined : duration(seconds)],
    [
      'training speed',
      imagesPerSecond === undefined ? undefined : `${significant(imagesPerSecond)} images/s`,
    ],
    ['peak memory', peakMemoryBytes === undefined ? undefined : bytes(peakMemoryBytes)],
  ];
  const known = facts.filter(([, value]) => value !== undefined);
  return html`${known.length > 0 && html`<dl class="facts">${known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`}`;
}

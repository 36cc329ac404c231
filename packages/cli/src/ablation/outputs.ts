import {
  compareRuns,
  comparisonTable,
  renderComparison,
  type TextTable,
  type VariantResult,
} from '@fbsd/trainer';
import { count } from '@fbsd/trainer/format';
import { nodeDisk } from '../disk/disk.ts';
import { replaceFile } from '../disk/durable.ts';
import type { Say } from '../display/say.ts';
import type { Settings } from '../settings/settings.ts';
import type { RunResult } from './results.ts';
import type { Variants } from './variants.ts';

/** What an ablation came to, so far. */
export interface Ablation extends Variants {
  seeds: readonly number[];
  /** That all runs have in common. */
  settings: Partial<Settings>;
  /** Of the runs that are finished. */
  runs: readonly RunResult[];
}

/** The files of an ablation, in its folder. */
export const OUTPUTS = {
  json: 'ablation.json',
  markdown: 'ablation.md',
  html: 'ablation.html',
} as const;
/** Of the content of `ablation.json`. */
const VERSION = 1;

/** Writes `ablation.json`, `ablation.md` and `ablation.html`, each all or nothing. @returns their names */
export async function writeOutputs(directory: string, ablation: Ablation): Promise<string[]> {
  const results = resultsOf(ablation);
  const notes = notesOf(ablation);
  const { seeds, settings, runs, references } = ablation;
  const { arch, imageSize } = settings;
  const json = { version: VERSION, settings, seeds, references, runs, variants: results, notes };
  const contents = {
    json: `${JSON.stringify(json, null, 2)}\n`,
    markdown: [...notes, ...markdown(comparisonTable(results)), ''].join('\n'),
    html: renderComparison({
      title: `Ablation on ${runs[0]?.dataset}`,
      ...{ results, notes, settings },
      facts: {
        date: new Date().toISOString(),
        ...(arch && imageSize && { architecture: `${arch} at ${imageSize} px` }),
      },
    }),
  };
  for (const [kind, name] of Object.entries(OUTPUTS)) {
    await replaceFile(nodeDisk, directory, name, contents[kind as keyof typeof OUTPUTS]);
  }
  return Object.values(OUTPUTS);
}

/** Prints the table of the heads and that of all of them together. */
export function sayResults(ablation: Ablation, say: Say): void {
  const { columns, rows } = comparisonTable(resultsOf(ablation));
  const combined = columns.indexOf('combined');
  for (const note of notesOf(ablation)) say(note);
  const parts = [[1, combined] as const, [combined, columns.length] as const];
  for (const [from, to] of parts.filter(([from, to]) => to > from)) {
    const lines = [columns, ...rows].map(([name = '', ...cells]) => [
      name,
      ...cells.slice(from - 1, to - 1),
    ]);
    say('');
    for (const line of aligned(lines)) say(`  ${line}`);
  }
}

function resultsOf({ runs, references, variants }: Ablation): VariantResult[] {
  // In the order of the variants, whichever of them was finished first.
  const ordered = variants.flatMap(({ name }) => runs.filter(({ variant }) => variant === name));
  return compareRuns(ordered, references);
}

/** Settings that are told beside the numbers. */
const DECISIVE = ['arch', 'imageSize', 'batchSize', 'totalEpochs'] as const;

/** What the numbers are, and what they do not say. */
function notesOf({ runs, seeds, settings, variants, note }: Ablation): string[] {
  const images = runs[0]?.images ?? 0;
  const tested =
    runs[0]?.model === 'checkpoints/best'
      ? 'by the epoch that was best on the validation split'
      : 'after the last epoch';
  const done = runs.length < seeds.length * variants.length ? `, ${runs.length} runs so far` : '';
  const single = seeds.length === 1;
  const which = `${single ? 'seed' : 'seeds'} ${seeds.join(', ')}`;
  return [
    `Accuracy in percent on ${count(images)} test images of ${runs[0]?.dataset} ${tested}; ${which}${done}.`,
    `All runs: ${DECISIVE.filter((key) => key in settings)
      .map((key) => `${key} ${settings[key]}`)
      .join(', ')}.`,
    ...(note === undefined ? [] : [note]),
    single
      ? 'Of one seed nothing can be said about how much another one would differ.'
      : 'Each cell: mean over the seeds ± half of its 95% interval by Student’s t (sample deviation).',
    'Differences are those of runs with the same seed: the same pictures in the same order with the same crops, the same initial weights of what two networks have in common.',
    ...(single
      ? []
      : [
          'Intervals say how far training with another seed may lead, not with other test images; they are not widened for several comparisons.',
        ]),
  ];
}

function markdown({ columns, rows }: TextTable): string[] {
  const line = (cells: readonly string[]) =>
    `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|`;
  return ['', line(columns), line(columns.map(() => '---')), ...rows.map(line)];
}

/** Columns of the same width, two spaces apart. */
function aligned(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, i) =>
    Math.max(...lines.map((cells) => cells[i]?.length ?? 0)),
  );
  return lines.map((cells) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join('  ')
      .trimEnd(),
  );
}

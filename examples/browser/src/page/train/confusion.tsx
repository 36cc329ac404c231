import type { Evaluation } from '@fbsd/trainer';
import { plural } from '../words/plural.ts';
import { classNamesOf } from './class-names-of.ts';
import './confusion.css';
import { ConfusionMatrix } from './confusion-matrix.tsx';

interface Props {
  dataset: string;
  confusion: Evaluation['confusion'];
}

/** Confusions that are listed. */
const FEW = 8;
/** Classes of the matrix at most: those that are confused most. */
const MOST = 40;

/** Which classes are taken for which: the most frequent ones in words, all of them as a matrix. */
export function Confusion({ dataset, confusion }: Props) {
  const names = classNamesOf(dataset);
  const name = (label: number) => names[label] ?? `class ${label + 1}`;
  const frequent = confusion
    .flatMap((row, truth) => row.map((pictures, predicted) => ({ truth, predicted, pictures })))
    .filter(({ truth, predicted, pictures }) => truth !== predicted && pictures > 0)
    .sort((a, b) => b.pictures - a.pictures)
    .slice(0, FEW);
  return (
    <section class="confusion" aria-labelledby="confusion-title">
      <h3 id="confusion-title">What is taken for what</h3>
      <ConfusionMatrix confusion={confusion} shown={mostConfused(confusion)} name={name} />
      {frequent.length > 0 && (
        <ul class="frequent">
          {frequent.map(({ truth, predicted, pictures }) => (
            <li key={`${truth} ${predicted}`}>
              <b>{name(truth)}</b> taken for <b>{name(predicted)}</b>: {plural(pictures, 'picture')}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The classes with the most mistakes, in their order. */
function mostConfused(confusion: Evaluation['confusion']): number[] {
  const mistakes = confusion.map((row, label) => {
    const taken = row.reduce((sum, pictures) => sum + pictures, 0);
    const taking = confusion.reduce((sum, other) => sum + (other[label] ?? 0), 0);
    return { label, count: taken + taking - 2 * (row[label] ?? 0) };
  });
  const most = mistakes.sort((a, b) => b.count - a.count).slice(0, MOST);
  return most.map(({ label }) => label).sort((a, b) => a - b);
}

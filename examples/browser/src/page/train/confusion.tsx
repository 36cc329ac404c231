import type { Evaluation } from '@fbsd/trainer';
import { useState } from 'preact/hooks';
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
/** A matrix of more classes is shown on request. */
const AT_ONCE = 30;

/** Which classes are taken for which: the most frequent ones in words, all of them as a matrix. */
export function Confusion({ dataset, confusion }: Props) {
  const [open, setOpen] = useState(confusion.length <= AT_ONCE);
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
      {open ? (
        <ConfusionMatrix confusion={confusion} name={name} />
      ) : (
        <button type="button" class="button more-mistakes" onClick={() => setOpen(true)}>
          Show the matrix of all {confusion.length} classes
        </button>
      )}
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

import { percent } from '@fbsd/trainer/format';
import { useState } from 'preact/hooks';
import type { Trained } from '../../engine/engine.ts';
import { LazyThumbnail } from '../parts/lazy-thumbnail.tsx';
import { Notice } from '../parts/notice.tsx';
import { fileName } from '../words/file-name.ts';
import { messageOf } from '../words/message-of.ts';
import { classNamesOf } from './class-names-of.ts';
import { explainMistake } from './explain-mistake.ts';
import './mistakes.css';

interface Props {
  run: string;
  dataset: string;
  mistakes: Trained['mistakes'];
}

/** Mistakes that are shown before somebody asks for more. */
const FEW = 12;

/** The test pictures that were taken for something else, those that the model was surest of first. */
export function Mistakes({ run, dataset, mistakes }: Props) {
  const [shown, setShown] = useState(FEW);
  const [error, setError] = useState<string>();
  const names = classNamesOf(dataset);
  const name = (label: number) => names[label] ?? `class ${label + 1}`;
  if (mistakes.length === 0) {
    return <p>Every test picture was put into its class.</p>;
  }
  return (
    <section class="stack" aria-labelledby="mistakes-title">
      <h3 id="mistakes-title">The worst mistakes</h3>
      {error && <Notice kind="error">{error}</Notice>}
      <ul class="mistakes">
        {mistakes.slice(0, shown).map(({ path, label, predicted, probability }) => (
          <li key={path}>
            <LazyThumbnail dataset={dataset} path={path} alt={fileName(path)} />
            <p>
              <span class="small soft">taken for</span>
              <b>
                {name(predicted)}, {percent(probability, 0)}
              </b>
              <span class="small soft">is</span>
              <span>{name(label)}</span>
            </p>
            <button
              type="button"
              class="button plain"
              onClick={() =>
                explainMistake(run, dataset, path).catch((reason) => setError(messageOf(reason)))
              }
            >
              Why?<span class="unseen"> {fileName(path)}</span>
            </button>
          </li>
        ))}
      </ul>
      {mistakes.length > shown && (
        <button type="button" class="button more-mistakes" onClick={() => setShown(shown + FEW)}>
          Show more of {mistakes.length}
        </button>
      )}
    </section>
  );
}

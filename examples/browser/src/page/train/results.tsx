import { count, percent } from '@fbsd/trainer/format';
import type { Trained } from '../../engine/engine.ts';
import { Notice } from '../parts/notice.tsx';
import type { Training } from '../state/training.ts';
import { Confusion } from './confusion.tsx';
import { Mistakes } from './mistakes.tsx';
import './results.css';
import { TryIt } from './try-it.tsx';

/** What the trained model gets right, and what it takes for what. */
export function Results({ training, result }: { training: Training; result: Trained }) {
  const { evaluation, mistakes } = result;
  const { dataset, run, testTimeFlip } = training.settings;
  if (!evaluation) {
    return (
      <Notice>
        There is no test yet: either no picture is kept for testing, or it ended before the first
        epoch did.
      </Notice>
    );
  }
  const right = Math.round(evaluation.accuracy * evaluation.count);
  return (
    <div class="card stack results">
      <div class="results-head">
        <p class="figure">{percent(evaluation.accuracy)}</p>
        <p class="soft">
          {count(right)} of {count(evaluation.count)} test pictures right, by the best of its epochs
          {testTimeFlip && ', each seen with its mirror image'}
          {evaluation.top5 !== null && `; ${percent(evaluation.top5)} within five guesses`}. The
          model has learned from none of them.
        </p>
        <TryIt run={run} />
      </div>
      <Mistakes run={run} dataset={dataset} mistakes={mistakes} />
      <Confusion dataset={dataset} confusion={evaluation.confusion} />
    </div>
  );
}

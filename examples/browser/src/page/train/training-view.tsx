import { useEffect, useRef } from 'preact/hooks';
import { focusIfLost } from '../parts/focus-if-lost.ts';
import { Notice } from '../parts/notice.tsx';
import type { Training } from '../state/training.ts';
import { Controls } from './controls.tsx';
import { Curves } from './curves.tsx';
import { EpochTable } from './epoch-table.tsx';
import { HeadAccuracy } from './head-accuracy.tsx';
import { Results } from './results.tsx';
import { Standing } from './standing.tsx';
import './training-view.css';

/** A run while it is trained, and after. */
export function TrainingView({ training }: { training: Training }) {
  const { error, lines, notices, result, state } = training;
  const view = useRef<HTMLElement>(null);
  // The buttons change with the state: the one that was pressed may be gone.
  useEffect(() => focusIfLost(view.current?.querySelector('h2')), [state]);
  return (
    <section ref={view} class="stack training-view" aria-labelledby="run-title">
      <div class="card stack standing-card">
        <Standing training={training} />
        <Controls training={training} />
      </div>
      {error && <Notice kind="error">{error}</Notice>}
      {notices.map((sentence) => (
        <Notice key={sentence}>{sentence}</Notice>
      ))}
      {state === 'done' && result && <Results training={training} result={result} />}
      {(lines.length > 0 || state === 'working') && (
        <div class="card stack curves-card">
          <Curves lines={lines} />
          <HeadAccuracy lines={lines} />
          <EpochTable lines={lines} />
        </div>
      )}
    </section>
  );
}

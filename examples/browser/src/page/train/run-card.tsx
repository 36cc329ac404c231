import { percent } from '@fbsd/trainer/format';
import { useState } from 'preact/hooks';
import type { RunInfo } from '../../engine/engine.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Icon } from '../parts/icons.tsx';
import { forgetRun } from '../state/runs.ts';
import { goOn, trainingNow } from '../state/training.ts';
import { TryIt } from './try-it.tsx';

/** A run: how far it came, and what can be done with it. */
export function RunCard({ info }: { info: RunInfo }) {
  const { run, settings, state, epochs, best, hasPictures, doubts } = info;
  const [asking, setAsking] = useState(false);
  const isFinished = state === 'finished';
  return (
    <li class="run-card card">
      <div>
        <h3>{run}</h3>
        <p class="small soft">
          {isFinished ? 'Finished' : 'Interrupted'} · {epochs} of {settings.totalEpochs} epochs ·{' '}
          {best === null ? 'not tested yet' : `${percent(best)} right`}
          {hasPictures && ` · ${settings.dataset}`}
        </p>
        {!hasPictures && (
          <p class="small">
            Its pictures are not in this browser: add them on the screen <a href="#data">Data</a>,
            in classes of the same names, to {isFinished ? 'see its results' : 'go on'}.
          </p>
        )}
        {doubts && <p class="small">{doubts}</p>}
      </div>
      <div class="row">
        <button
          type="button"
          class={`button${isFinished ? '' : ' primary'}`}
          disabled={trainingNow.value || !hasPictures}
          onClick={() => goOn(info)}
        >
          {!isFinished && <Icon name="play" size={18} />}
          {isFinished ? 'Results' : 'Go on'}
          <span class="unseen"> of {run}</span>
        </button>
        {epochs > 0 && <TryIt run={run} />}
        <button
          type="button"
          class="button plain icon-only danger"
          aria-label={`Delete ${run}`}
          onClick={() => setAsking(true)}
        >
          <Icon name="trash" size={18} />
        </button>
      </div>
      {asking && (
        <Confirm
          title={`Delete “${run}”?`}
          action="Delete"
          onConfirm={() => forgetRun(run)}
          onClose={() => setAsking(false)}
        >
          Its model and its checkpoints are removed from this browser’s storage. Export it first to
          keep it.
        </Confirm>
      )}
    </li>
  );
}

import { duration, percent, significant } from '@fbsd/trainer/format';
import type { Training, TrainingState } from '../state/training.ts';
import { doingWords } from '../words/doing-words.ts';
import './standing.css';

const WORDS: Record<TrainingState, string> = {
  starting: 'Starting',
  working: 'Training',
  pausing: 'Pausing after this step',
  ending: 'Ending after this step',
  paused: 'Paused',
  done: 'Done',
  failed: 'Stopped',
};

/** How far a run is, how fast it is, and how long it will take. */
export function Standing({ training }: { training: Training }) {
  const { settings, state, step, estimate, lines } = training;
  const best = bestAccuracy(training);
  const share = step ? step.step / step.totalSteps : 0;
  const epoch = step?.epoch ?? lines.at(-1)?.epoch;
  const isMoving = state === 'working';
  return (
    <div class="standing">
      <div class="standing-head">
        <h2 id="run-title" tabIndex={-1}>
          {settings.run}
        </h2>
        <span class={`state ${state}`}>{WORDS[state]}</span>
      </div>
      {state !== 'done' && (
        <div class="standing-progress">
          <progress
            aria-label={`${WORDS[state]}, ${percent(share, 0)}`}
            max={1}
            value={state === 'starting' && !step ? undefined : share}
          />
          <p class="small soft">{now(training)}</p>
        </div>
      )}
      <dl class="facts">
        <Fact name="Epoch" value={epoch ? `${epoch} of ${settings.totalEpochs}` : '–'} />
        {state !== 'done' && (
          <>
            <Fact
              name="Time left"
              value={isMoving && estimate ? `about ${duration(estimate.secondsLeft)}` : '–'}
            />
            <Fact
              name="Pictures a second"
              value={isMoving && estimate ? significant(estimate.imagesPerSecond) : '–'}
            />
          </>
        )}
        <Fact name="Best test" value={best === null ? '–' : percent(best)} />
      </dl>
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** What is done at the moment. */
function now({ state, doing, step, estimate }: Training): string {
  if (doing) return doingWords(doing);
  if (state === 'starting') return 'Reading the pictures and building the network';
  if (state === 'working' && !estimate) return 'How long it takes is known after five steps';
  return step ? `Step ${step.step} of ${step.totalSteps}` : ' ';
}

function bestAccuracy({ lines }: Training): number | null {
  const tested = lines.flatMap((line) =>
    line.kind === 'epoch' && line.test ? [line.test.accuracy] : [],
  );
  return tested.length > 0 ? Math.max(...tested) : null;
}

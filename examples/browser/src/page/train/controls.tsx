import { Icon } from '../parts/icons.tsx';
import { end, goOnHere, pause, putAway, type Training } from '../state/training.ts';

/** Pauses, goes on, ends; afterwards what can be done with the model. */
export function Controls({ training: { state, step, lines } }: { training: Training }) {
  if (state === 'done') {
    return (
      <div class="row">
        <a class="button primary" href="#export">
          <Icon name="export" /> Take it along
        </a>
        <button type="button" class="button" onClick={putAway}>
          Train another
        </button>
      </div>
    );
  }
  if (state === 'paused' || state === 'failed') {
    const hasBegun = step !== null || lines.length > 0;
    return (
      <div class="row">
        {hasBegun && (
          <button type="button" class="button primary" onClick={goOnHere}>
            <Icon name="play" /> Go on
          </button>
        )}
        {state === 'paused' ? (
          <button type="button" class="button" onClick={end}>
            <Icon name="stop" /> End here
          </button>
        ) : (
          <button type="button" class="button" onClick={putAway}>
            Back to the settings
          </button>
        )}
      </div>
    );
  }
  const isWorking = state === 'working';
  return (
    <div class="row">
      <button type="button" class="button" disabled={!isWorking} onClick={pause}>
        <Icon name="pause" /> Pause
      </button>
      <button type="button" class="button" disabled={!isWorking} onClick={end}>
        <Icon name="stop" /> Stop
      </button>
    </div>
  );
}

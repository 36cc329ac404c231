import type { EpochLine, MetricsLine } from '@fbsd/trainer';
import { percent } from '@fbsd/trainer/format';
import { computed, effect, signal } from '@preact/signals';
import { proxy } from 'comlink';
import type { Doing, RunInfo, TrainEvents, Trained, TrainSettings } from '../../engine/engine.ts';
import { engine } from '../engine.ts';
import { messageOf } from '../words/message-of.ts';
import { announce } from './announcement.ts';
import { ready } from './device.ts';
import { askToPersist } from './persistence.ts';
import { refreshRuns } from './runs.ts';
import { workerFailure } from './worker-failure.ts';

/** Where a run stands. */
export type TrainingState =
  | 'starting'
  | 'working'
  | 'pausing'
  | 'ending'
  | 'paused'
  | 'done'
  | 'failed';

/** A run that is being trained, or was. */
export interface Training {
  settings: Omit<TrainSettings, 'weights'>;
  state: TrainingState;
  doing: Doing | null;
  /** Of the last step that was done here. */
  step: { epoch: number; step: number; totalSteps: number } | null;
  lines: readonly MetricsLine[];
  estimate: { secondsLeft: number; imagesPerSecond: number } | null;
  notices: readonly string[];
  result: Trained | null;
  error: string | null;
}

/** The run on the screen; null while none was started or opened. */
export const training = signal<Training | null>(null);

const BUSY: readonly TrainingState[] = ['starting', 'working', 'pausing', 'ending'];

/** True while a run is being trained. */
export const trainingNow = computed(() => BUSY.includes(training.value?.state ?? 'done'));

// Without its Worker nothing trains any more.
effect(() => {
  if (workerFailure.value === null || !trainingNow.peek()) return;
  training.value = { ...(training.peek() as Training), state: 'failed', doing: null };
});

function update(change: Partial<Training>): void {
  if (training.value) training.value = { ...training.value, ...change };
}

/** Trains a new run. */
export async function startTraining({ weights, ...settings }: TrainSettings): Promise<void> {
  begin(settings, [], []);
  await follow((events) => engine.train({ ...settings, ...(weights && { weights }) }, events));
}

/** Goes on with a run from its last checkpoint; of a finished one the results are shown. */
export async function goOn({ run, settings, lines, doubts }: RunInfo): Promise<void> {
  begin(settings, lines, doubts === null ? [] : [doubts]);
  await follow((events) => engine.resume(run, events));
}

/** Goes on with the run on the screen. */
export async function goOnHere(): Promise<void> {
  const current = training.value;
  if (!current) return;
  update({ state: 'starting', error: null, result: null });
  await follow((events) => engine.resume(current.settings.run, events));
}

/** Pauses after the step in progress, with a checkpoint. */
export function pause(): void {
  update({ state: 'pausing' });
  void engine.stop();
}

/** Ends training for good after the step in progress: the results are those of the best model so far. */
export function end(): void {
  if (training.value?.state === 'paused') {
    update({ state: 'done' });
    return;
  }
  update({ state: 'ending' });
  void engine.stop();
}

/** Puts the run away, to start another. */
export function putAway(): void {
  training.value = null;
}

function begin(
  settings: Training['settings'],
  lines: readonly MetricsLine[],
  notices: readonly string[],
): void {
  training.value = {
    settings,
    state: 'starting',
    doing: null,
    step: null,
    lines,
    estimate: null,
    notices,
    result: null,
    error: null,
  };
}

async function follow(run: (events: TrainEvents & object) => Promise<Trained>): Promise<void> {
  try {
    await ready();
    askToPersist();
    const result = await run(proxy(events()));
    const ending = training.value?.state === 'ending';
    update({ result, state: result.finished || ending ? 'done' : 'paused', doing: null });
    announce(
      result.finished ? 'Training is finished.' : ending ? 'Training has ended.' : 'Paused.',
    );
  } catch (error) {
    update({ state: 'failed', error: messageOf(error), doing: null });
  }
  await refreshRuns();
}

/** Milliseconds between two sentences for who listens to the page. */
const QUIET = 60_000;
let lastSaid = 0;

function announceEpoch({ epoch, test }: EpochLine): void {
  if (Date.now() - lastSaid < QUIET) return;
  lastSaid = Date.now();
  const right = test ? `, ${percent(test.accuracy)} right in the test` : '';
  announce(`Epoch ${epoch} is done${right}.`);
}

function events(): TrainEvents {
  const working = () => (training.value?.state === 'starting' ? { state: 'working' as const } : {});
  return {
    doing: (doing) => {
      if (trainingNow.value) update({ doing }); // it may arrive after the end
    },
    step: ({ epoch, step, totalSteps }) =>
      update({ ...working(), doing: null, step: { epoch, step, totalSteps } }),
    line: (line) => {
      const before =
        training.value?.lines.filter(
          ({ step, kind }) => step < line.step || (step === line.step && kind !== line.kind),
        ) ?? [];
      update({ lines: [...before, line] });
      if (line.kind === 'epoch') announceEpoch(line);
    },
    estimate: (estimate) => update({ estimate }),
    notice: (sentence) => {
      update({ notices: [...(training.value?.notices ?? []), sentence] });
      announce(sentence);
    },
  };
}

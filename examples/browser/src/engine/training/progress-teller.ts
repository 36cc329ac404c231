import { batchCount, type Progress, TRAIN_DEFAULTS, type TrainListener } from '@fbsd/trainer';
import type { RunningBackend } from '../backends/running-backend.ts';
import { Estimate } from './estimate.ts';
import type { Training } from './training.ts';

/** Tells the page how training goes. */
export class ProgressTeller {
  readonly listener: TrainListener;
  private readonly training: Pick<Training, 'settings' | 'dataset' | 'events'>;
  private readonly estimate: Estimate;
  private readonly unwatch: () => void;
  private epochsDone: number;
  /** When the test that is under way began. */
  private testing: number | undefined;

  constructor(
    training: Pick<Training, 'settings' | 'dataset' | 'events'>,
    running: RunningBackend,
    progress: Progress,
  ) {
    const { settings, dataset, events } = training;
    const { batchSize, totalEpochs, accumulate = TRAIN_DEFAULTS.accumulate } = settings;
    const stepsPerEpoch = Math.ceil(batchCount(dataset.train.length, batchSize, true) / accumulate);
    const totalSteps = totalEpochs * stepsPerEpoch;
    this.training = training;
    this.epochsDone = progress.epoch - 1;
    this.estimate = new Estimate(totalSteps);
    this.unwatch = running.watchShaders((done, total) =>
      events.doing({ what: 'compiling', done, total, unit: 'shaders' }),
    );
    this.listener = {
      onStep: (step) => {
        events.step({ ...step, totalSteps });
        if (this.estimate.stepped(step)) this.tell();
      },
      onTest: (done) => {
        this.testing ??= performance.now();
        events.doing({ what: 'testing', done, total: dataset.test.length, unit: 'pictures' });
      },
      onLine: (line) => {
        if (line.kind === 'epoch') this.endEpoch(line.epoch);
        events.line(line);
        this.tell();
      },
    };
  }

  /** Nothing more is told of shaders. */
  end(): void {
    this.unwatch();
  }

  private endEpoch(epoch: number): void {
    this.epochsDone = epoch;
    if (this.testing !== undefined) this.estimate.tested(performance.now() - this.testing);
    this.testing = undefined;
  }

  private tell(): void {
    const { totalEpochs, evaluateEveryEpochs = TRAIN_DEFAULTS.evaluateEveryEpochs } =
      this.training.settings;
    const testsLeft = Math.ceil((totalEpochs - this.epochsDone) / evaluateEveryEpochs);
    const told = this.estimate.tell(testsLeft);
    if (told) this.training.events.estimate(told);
  }
}

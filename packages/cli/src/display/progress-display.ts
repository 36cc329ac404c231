import type {
  Averages,
  BatchReport,
  EpochLine,
  StepLine,
  StepReport,
  TrainListener,
} from '@fbsd/trainer';
import { duration, percent } from '@fbsd/trainer/format';
import { StatusLine } from './status-line.ts';

export interface ProgressDisplayArgs {
  totalEpochs: number;
  batchesPerEpoch: number;
  stepsPerEpoch: number;
  /** Those that epochs are tested on: of the validation split, or without one the test images. */
  testImages: number;
  /** That training begins with. @default 1 */
  epoch?: number;
  /** @default standard output */
  stream?: NodeJS.WriteStream;
}

/** Shows how training goes: a bar that moves on a terminal, plain lines elsewhere. */
export class ProgressDisplay implements TrainListener {
  private readonly args: ProgressDisplayArgs;
  private readonly status: StatusLine;
  private firstStep: { step: number; time: number; images: number } | null = null;
  private images = 0;
  private epoch: number;

  constructor(args: ProgressDisplayArgs) {
    this.args = args;
    this.epoch = args.epoch ?? 1;
    this.status = new StatusLine(args.stream);
  }

  /** Writes a line of its own. */
  say = (line: string): void => {
    this.status.say(line);
  };

  /** Says what is going on until the first step is done. */
  onBatch({ epoch, batch, images }: BatchReport): void {
    if (this.firstStep) return;
    const { batchesPerEpoch } = this.args;
    this.epoch = epoch;
    const since = new Date().toLocaleTimeString('sv');
    const text = `first step: batch ${batch + 1} of ${batchesPerEpoch}, ${images} images, since ${since}`;
    this.showBar(batch / batchesPerEpoch, text);
  }

  onStep(step: StepReport): void {
    this.images += step.images;
    this.epoch = step.epoch;
    // Timed from the end of the first step: the first one also warms everything up.
    this.firstStep ??= { step: step.step, time: performance.now(), images: this.images };
    const { totalEpochs, batchesPerEpoch, stepsPerEpoch } = this.args;
    const seconds = (performance.now() - this.firstStep.time) / 1000;
    const stepsTimed = step.step - this.firstStep.step;
    const rate = (this.images - this.firstStep.images) / seconds;
    const left = (seconds / stepsTimed) * (totalEpochs * stepsPerEpoch - step.step);
    const timing = stepsTimed > 0 ? `  ${rate.toFixed(1)} images/s  ${duration(left)} left` : '';
    this.showBar(step.batch / batchesPerEpoch, `loss ${step.loss.toFixed(3)}${timing}`);
  }

  onTest = (imagesDone: number): void => {
    this.showBar(imagesDone / this.args.testImages, `testing ${imagesDone} images`);
  };

  onLine(line: StepLine | EpochLine): void {
    const epoch = `epoch ${line.epoch}/${this.args.totalEpochs}`;
    if (line.kind === 'step') {
      if (this.status.moves) return; // the bar says it
      this.say(
        `${epoch}  step ${line.step}  loss ${line.loss.toFixed(3)}  accuracy ${percent(line.accuracy)}  ${line.imagesPerSecond.toFixed(1)} images/s`,
      );
      return;
    }
    const averages = ({ loss, accuracy }: Averages) =>
      `loss ${loss.toFixed(3)} accuracy ${percent(accuracy)}`;
    const [name, tested] = line.validation
      ? (['validation', line.validation] as const)
      : (['test', line.test] as const);
    const test = tested ? `  ${name} ${averages(tested)}` : '';
    this.say(`${epoch}  train ${averages(line.train)}${test}  ${duration(line.seconds)}`);
  }

  /** Takes the bar away. */
  end(): void {
    this.status.clear();
  }

  private showBar(share: number, text: string): void {
    this.status.show(`epoch ${this.epoch}/${this.args.totalEpochs}`, share, text);
  }
}

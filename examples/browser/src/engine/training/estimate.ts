import type { StepReport } from '@fbsd/trainer';

/** Steps after which the rest can be told: the first one compiles, or fills caches. */
const STEPS = 5;

/** Tells from the steps so far how long the rest will take. */
export class Estimate {
  private readonly totalSteps: number;
  private first: { at: number; step: number } | undefined;
  private images = 0;
  private last = { at: 0, step: 0 };
  /** Milliseconds and times of the tests so far. */
  private readonly tests = { milliseconds: 0, done: 0 };
  private steps = 0;

  constructor(totalSteps: number) {
    this.totalSteps = totalSteps;
  }

  /** @returns whether it can be told for the first time */
  step({ step, images }: StepReport, at = performance.now()): boolean {
    this.steps++;
    if (!this.first) this.first = { at, step };
    else this.images += images;
    this.last = { at, step };
    return this.steps === STEPS;
  }

  tested(milliseconds: number): void {
    this.tests.milliseconds += milliseconds;
    this.tests.done++;
  }

  /**
   * @param testsLeft how many tests there will be
   * @returns null before the fifth step
   */
  tell(testsLeft: number): { secondsLeft: number; imagesPerSecond: number } | null {
    if (!this.first || this.steps < STEPS) return null;
    const training = this.last.at - this.first.at - this.tests.milliseconds;
    const perStep = training / (this.last.step - this.first.step);
    const perTest = this.tests.done > 0 ? this.tests.milliseconds / this.tests.done : 0;
    const left = (this.totalSteps - this.last.step) * perStep + testsLeft * perTest;
    return { secondsLeft: left / 1000, imagesPerSecond: this.images / (training / 1000) };
  }
}

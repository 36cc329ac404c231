/** Steps after which the rest can be told: the first one compiles, or fills caches. */
const STEPS = 5;

/** Tells from the steps so far how long the rest will take. */
export class Estimate {
  private readonly totalSteps: number;
  /** Of the steps that were measured, each from the end of the one before. */
  private readonly measured = { milliseconds: 0, steps: 0, images: 0 };
  private readonly tests = { milliseconds: 0, done: 0 };
  /** When the last step ended; undefined if there was something else since then. */
  private last: number | undefined;
  private step = 0;
  private steps = 0;

  /** @param totalSteps of the whole run */
  constructor(totalSteps: number) {
    this.totalSteps = totalSteps;
  }

  /**
   * A step has ended.
   *
   * @returns whether the rest can be told for the first time
   */
  stepped({ step, images }: { step: number; images: number }, at = performance.now()): boolean {
    if (this.last !== undefined) {
      this.measured.milliseconds += at - this.last;
      this.measured.steps++;
      this.measured.images += images;
    }
    this.last = at;
    this.step = step;
    return ++this.steps === STEPS;
  }

  /** A test has ended, and what is kept after it. */
  tested(milliseconds: number): void {
    this.tests.milliseconds += milliseconds;
    this.tests.done++;
    this.last = undefined;
  }

  /**
   * @param testsLeft how many tests there will be
   * @returns null before the fifth step
   */
  tell(testsLeft: number): { secondsLeft: number; imagesPerSecond: number } | null {
    const { milliseconds, steps, images } = this.measured;
    if (this.steps < STEPS || steps === 0) return null;
    const perTest = this.tests.done > 0 ? this.tests.milliseconds / this.tests.done : 0;
    const left = ((this.totalSteps - this.step) * milliseconds) / steps + testsLeft * perTest;
    return { secondsLeft: left / 1000, imagesPerSecond: images / (milliseconds / 1000) };
  }
}

/** Runs work one after the other, in the order in which it came. */
export class OneAtATime {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work, work);
    this.last = done.catch(() => {}); // whose error is told to whom asked for it
    return done;
  }
}

/** Why a check could not be made here. */
export class Skip extends Error {}

/** Makes checks one after the other, prints a line for each, and counts. */
export class Results {
  passed = 0;
  failed = 0;
  skipped = 0;
  #log;

  /** @param {(line: string) => void} [log] */
  constructor(log = console.log) {
    this.#log = log;
  }

  /**
   * @template T
   * @param {string} subject the package that is checked
   * @param {string} what what is checked
   * @param {() => T | Promise<T>} check returns what was found, in words; throws if it is wrong
   * @returns {Promise<Awaited<T> | undefined>}
   */
  async check(subject, what, check) {
    try {
      const found = await check();
      this.passed++;
      this.#print('✓', subject, what, String(found ?? ''));
      return found;
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      if (error instanceof Skip) {
        this.skipped++;
        this.#print('–', subject, what, `skipped: ${message}`);
      } else {
        this.failed++;
        this.#print('✗', subject, what, message);
      }
      return undefined;
    }
  }

  /**
   * Counts checks that were made elsewhere.
   *
   * @param {string} subject
   * @param {string} what
   * @param {{ passed: number, skipped?: number, failures?: readonly string[], note?: string }} outcome
   */
  add(subject, what, { passed, skipped = 0, failures = [], note = '' }) {
    this.passed += passed;
    this.failed += failures.length;
    this.skipped += skipped;
    const counts = [
      `${passed} passed`,
      ...(failures.length > 0 ? [`${failures.length} failed`] : []),
      ...(skipped > 0 ? [`${skipped} skipped${note && ` (${note})`}`] : []),
    ];
    const mark = failures.length > 0 ? '✗' : passed > 0 ? '✓' : '–';
    this.#print(mark, subject, what, [counts.join(', '), ...failures].join('\n'));
  }

  /** @param {string} mark @param {string} subject @param {string} what @param {string} found */
  #print(mark, subject, what, found) {
    const indented = found.split('\n').join(`\n${' '.repeat(62)}`);
    this.#log(`${mark} ${subject.padEnd(20)} ${what.padEnd(38)} ${indented}`);
  }
}

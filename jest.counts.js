import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A reporter that writes how many tests passed, failed and were skipped to `test-counts.json` in the
 * package's folder. Nx keeps that file with the result of a test run: counts are right for runs out of
 * its cache, too.
 */
export default class CountsReporter {
  #file;

  /** @param {{ rootDir: string }} config */
  constructor({ rootDir }) {
    this.#file = join(rootDir, 'test-counts.json');
  }

  /**
   * @param {unknown} _
   * @param {Record<'numPassedTests' | 'numFailedTests' | 'numRuntimeErrorTestSuites' | 'numPendingTests' | 'numTodoTests', number>} results
   */
  onRunComplete(_, results) {
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    writeFileSync(this.#file, `${JSON.stringify(counts)}\n`);
  }
}

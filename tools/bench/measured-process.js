import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * A child process that measures one case: see serve.js for what the two say to each other. It has
 * the memory to itself, and it computes only while it is asked to.
 */
export class MeasuredProcess {
  #child;
  #answers;
  #stderr = '';
  /** @type {Promise<string>} */
  #ended;

  /**
   * @param {string} command
   * @param {readonly string[]} args
   * @param {Record<string, string>} [environment] in addition to this process's
   */
  constructor(command, args, environment = {}) {
    this.#child = spawn(command, args, {
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stdin.on('error', () => {}); // it has ended: #answer says why
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#stderr += text;
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', ({ message }) => resolve(message));
      this.#child.once('close', (code, signal) =>
        resolve(`ended with ${signal ?? `code ${code}`}`),
      );
    });
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Waits for the warm-up.
   *
   * @returns {Promise<string>} what it runs on
   */
  async ready() {
    return (await this.#answer()).ready;
  }

  /** @returns {Promise<number>} mean milliseconds per step of one more round */
  async round() {
    this.#child.stdin.write('round\n');
    return (await this.#answer()).milliseconds;
  }

  /**
   * Ends it.
   *
   * @returns {Promise<{peakBytes: number, gpuBytes?: number, gflop?: number, profile?: import('./profile.js').Profile}>}
   */
  async finish() {
    this.#child.stdin.end();
    const answer = await this.#answer();
    await this.#ended;
    return answer;
  }

  /** Ends it wherever it is. */
  kill() {
    this.#child.kill();
  }

  /** The next line that is JSON: libraries may print what they like. */
  async #answer() {
    for (;;) {
      const { value, done } = await this.#answers.next();
      if (done) throw new Error(await this.#reason());
      if (value.startsWith('{')) return JSON.parse(value);
    }
  }

  /** How it ended, and the last line on stderr that names an error, or the last one at all. */
  async #reason() {
    const ended = await this.#ended;
    const lines = this.#stderr.trim().split('\n');
    const line = lines.findLast((text) => /^(\w.*)?error/i.test(text)) ?? lines.at(-1);
    return line ? `${ended}: ${line}` : ended;
  }
}

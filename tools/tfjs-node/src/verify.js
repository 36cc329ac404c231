import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Outcome
 * @property {string} version TensorFlow's
 * @property {boolean} gpu whether it computes on one
 */

/**
 * Loads the package in a process of its own, since a wrong library ends the process that loads it,
 * and compares a convolution and its gradients with the definition.
 *
 * @param {string} folder of the package
 * @returns {Outcome}
 * @throws {Error} if it does not load or computes wrongly
 */
export function verify(folder) {
  const script = fileURLToPath(new URL('convolution-check.js', import.meta.url));
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [script, folder], {
    encoding: 'utf8',
  });
  const answer = stdout.split('\n').find((line) => line.startsWith('{'));
  if (status !== 0 || !answer) {
    throw new Error(
      `the addon was built but does not work (${signal ?? `exit code ${status}`}), so it was not kept:\n` +
        reason(stderr),
    );
  }
  return JSON.parse(answer);
}

/**
 * The error and what follows it, without the log of TensorFlow before it.
 *
 * @param {string} stderr
 */
function reason(stderr) {
  const lines = stderr.trim().split('\n');
  const error = lines.findIndex((line) => /^\w*Error\b/.test(line));
  return (error >= 0 ? lines.slice(error, error + 10) : lines.slice(-10)).join('\n');
}

import { spawn } from 'node:child_process';
import { ROOT } from '../../workspace/repository.js';

/**
 * Starts a program as a shell would that nothing of npm or this repository is in.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {string} cwd
 * @param {string} [killAt] text of its output at which it is killed
 * @returns {Promise<{ code: number | null, signal: string | null, stdout: string, stderr: string }>}
 */
export function start(program, args, cwd, killAt) {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|INIT_CWD$|NODE_)/i.test(name),
  );
  const env = { ...Object.fromEntries(own), NO_COLOR: '1' };
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => {
      stdout += text;
      if (killAt !== undefined && stdout.includes(killAt)) child.kill('SIGKILL');
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** As {@link start}; it has to end well, and to say nothing of this repository. */
export async function good(/** @type {Parameters<typeof start>} */ ...args) {
  const result = await start(...args);
  const said = result.stdout + result.stderr;
  if (result.code !== 0) throw new Error(`${args[1].join(' ')} ended with ${result.code}: ${said}`);
  if (said.includes(ROOT)) throw new Error(`a path of the repository in: ${said}`);
  return result;
}

import { spawnSync } from 'node:child_process';

/**
 * @typedef {object} Compiler
 * @property {string} path
 * @property {string} version first line of what it says of itself
 */

/**
 * The C++ compiler: `CXX` if it is set, else the first of c++, g++ and clang++ that runs.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Compiler}
 * @throws {Error} if there is none
 */
export function findCompiler(env = process.env) {
  const candidates = env['CXX'] ? [env['CXX']] : ['c++', 'g++', 'clang++'];
  for (const path of candidates) {
    const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', env });
    if (status === 0) return { path, version: stdout.split('\n')[0] ?? '' };
  }
  throw new Error(
    `no C++ compiler: tried ${candidates.join(', ')}${env['CXX'] ? ' (from CXX)' : ''}. Install one: ` +
      '`apt install g++`, `dnf install gcc-c++` or `xcode-select --install`; or set CXX.',
  );
}

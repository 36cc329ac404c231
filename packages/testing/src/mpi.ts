import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The outcome of a job of several processes. */
export interface MpiJob {
  /** Exit code of the launcher. */
  code: number;
  /** What all processes, and the launcher, wrote to standard output and standard error. */
  output: string;
}

/** A program that starts processes which speak to each other over MPI. */
export interface MpiLauncher {
  name: string;
  /** Runs a script of Node in so many processes, which is given `args`. */
  run(processes: number, script: string, args?: readonly string[]): Promise<MpiJob>;
}

/** By the names that Debian gives them, which may be installed side by side; elsewhere `mpirun` is the one that there is. */
const LAUNCHERS = [
  {
    name: 'Open MPI',
    command: 'mpirun.openmpi',
    // Whoever waits lets others have the processor, which tests share with others.
    flags: ['--allow-run-as-root', '--oversubscribe', '--mca', 'mpi_yield_when_idle', '1'],
  },
  { name: 'MPICH', command: 'mpirun.mpich', flags: [] },
];

/** Enough for a slow machine; a job that takes longer hangs. */
const MILLISECONDS = 500_000;

/**
 * Declares tests for each MPI that is installed; where there is none, a skipped one that says what to install.
 *
 * @param launchers for how many of them. @default all
 */
export function describeMpi(
  name: string,
  body: (launcher: MpiLauncher) => void,
  launchers = LAUNCHERS.length,
): void {
  const found = LAUNCHERS.filter(({ command }) => isInstalled(command)).slice(0, launchers);
  for (const { name: launcher, command, flags } of found) {
    describe(`${name} [${launcher}]`, () =>
      body({
        name: launcher,
        run: (processes, script, args = []) =>
          job(command, [...flags, '-np', String(processes), process.execPath, script, ...args]),
      }));
  }
  if (found.length > 0) return;
  const missing = LAUNCHERS.map(({ command }) => command).join(', ');
  it.skip(`${name} (found none of ${missing}: apt-get install openmpi-bin mpich)`, () => {});
}

function isInstalled(command: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, command)));
}

function job(command: string, args: readonly string[]): Promise<MpiJob> {
  return new Promise((resolve) => {
    const options = { timeout: MILLISECONDS, encoding: 'utf8', maxBuffer: 2 ** 26 } as const;
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      resolve({ code: error ? (child.exitCode ?? -1) : 0, output: stdout + stderr });
    });
  });
}

import { fstatSync } from 'node:fs';
import { type Communicator, UserError } from '@fbsd/trainer';
import { type Launch, launchOf } from './launcher.ts';

/** The processes that train together, as `startMpi` of @fbsd/mpi knows them. */
export interface Processes extends Communicator {
  /** Number of this process on its machine, from 0. */
  readonly localRank: number;
  /** How many there are on its machine. */
  readonly localSize: number;
  /** What the MPI library says of itself. */
  readonly version: string;
  /** Waits until all processes have called it; then each may end as it likes. */
  end(): void;
  /** Ends all processes at once. */
  abort(code: number): void;
}

interface MpiPackage {
  startMpi(): Processes;
}

let running: Processes | null = null;
/** The system's numbers of all of them, by rank. */
let pids: readonly number[] = [];

/** The processes that this one trains with; null if it is alone. */
export function processes(): Processes | null {
  return running;
}

/**
 * The processes in words: how many, the number that the system has given each, by rank, and the library. MPICH's launcher knows
 * a process that died by that number alone.
 */
export function describeProcesses({ size, version }: Processes): string {
  return `${size} processes, PIDs ${pids.join(' ')}, ${version}`;
}

/**
 * Meets the other processes that `mpirun` or `srun` started.
 *
 * @returns null if it was not started by either, or alone
 * @throws UserError without @fbsd/mpi or the connection to the launcher, or if its library is not the launcher's
 */
export async function meetProcesses(
  launch: Launch | null = launchOf(),
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Processes | null> {
  if (launch === null) return null;
  requireConnection(environment);
  const { startMpi } = await importMpi(launch);
  const met = start(startMpi);
  if (met.size !== launch.processes) {
    throw new UserError(
      `[fbsd] ${launch.launcher} started ${launch.processes} processes, but each finds ${met.size} by ${met.version}. ${
        launch.launcher === 'srun'
          ? 'Use srun --mpi=pmix, or pmi2 with MPICH (srun --mpi=list says what there is).'
          : 'Use the mpirun of that library, or give the path of the library that mpirun belongs to in FBSD_MPI_LIBRARY.'
      }`,
    );
  }
  pids = gatherPids(met);
  running = met;
  return met;
}

/** Those of MPICH have a connection to their launcher, which npx closes: another file may have its number then. */
function requireConnection({ PMI_FD }: NodeJS.ProcessEnv): void {
  if (PMI_FD === undefined || isSocket(Number(PMI_FD))) return;
  throw new UserError(
    '[fbsd] the connection to the launcher is closed, which npx does. Start the program itself: node_modules/.bin/fbsd',
  );
}

function isSocket(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isSocket();
  } catch {
    return false;
  }
}

/** The system's number of each process, by rank. */
function gatherPids(met: Processes): number[] {
  const own = new Float32Array(met.size); // exact: Linux counts to 2²² at most
  own[met.rank] = process.pid;
  met.allReduceSum(own);
  return [...own];
}

async function importMpi({ launcher, processes }: Launch): Promise<MpiPackage> {
  try {
    const mpi: MpiPackage = await import('@fbsd/mpi');
    return mpi;
  } catch (cause) {
    throw new UserError(
      `[fbsd] ${launcher} started ${processes} processes, which need the package @fbsd/mpi to train together: ${(cause as Error).message.split('\n')[0]}. Run npm install @fbsd/mpi.`,
      { cause },
    );
  }
}

function start(startMpi: MpiPackage['startMpi']): Processes {
  try {
    return startMpi();
  } catch (error) {
    const { name, message } = error as Error;
    throw name === 'MpiError' ? new UserError(message, { cause: error }) : error;
  }
}

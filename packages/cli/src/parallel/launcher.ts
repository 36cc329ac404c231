/** How launchers of MPI tell a process who it is: Open MPI, MPICH and its relatives, MVAPICH, Slurm. */
const VARIABLES = [
  ['OMPI_COMM_WORLD_SIZE', 'mpirun'],
  ['PMI_SIZE', 'mpirun'],
  ['MV2_COMM_WORLD_SIZE', 'mpirun'],
  ['SLURM_STEP_NUM_TASKS', 'srun'],
] as const;

/** What started this process. */
export interface Launch {
  /** How many processes were started. */
  processes: number;
  /** The program that did. */
  launcher: 'mpirun' | 'srun';
}

/** Tells whether this process is one of several that a launcher of MPI started; null if it is the only one. */
export function launchOf(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Launch | null {
  for (const [name, launcher] of VARIABLES) {
    const processes = Number(environment[name]);
    if (processes > 1) return { processes, launcher };
  }
  return null;
}

import { readdirSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import type { Processes } from './processes.ts';

type Place = Pick<Processes, 'localRank' | 'localSize'>;

/** CUDA's list of the GPUs that a process sees. */
const VISIBLE = 'CUDA_VISIBLE_DEVICES';

/**
 * Leaves of a machine's NVIDIA GPUs one for each process, by its number there; with more processes than GPUs they share. Works
 * until CUDA is loaded. What a scheduler has given each process of its own stays.
 *
 * @param devices names in Linux's folder of devices
 */
export function takeGpu(
  { localRank }: Place,
  environment: NodeJS.ProcessEnv = process.env,
  devices = () => readdirSync('/dev'),
): void {
  const gpus =
    environment[VISIBLE]?.split(',') ?? numbers(devices()).map((_, number) => String(number));
  const own = gpus[localRank % gpus.length];
  if (own !== undefined) environment[VISIBLE] = own;
}

function numbers(devices: readonly string[]): string[] {
  return devices.filter((name) => /^nvidia\d+$/.test(name));
}

/** How many threads a process may compute with beside the others on its machine: its share of the CPUs that it may use. */
export function threadsOf(
  { localSize }: Pick<Place, 'localSize'>,
  all = cpus().length,
  allowed = availableParallelism(), // a launcher may have bound it to some
): number {
  return Math.max(1, Math.min(allowed, Math.floor(all / localSize)));
}

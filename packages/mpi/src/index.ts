export type { BackgroundSums } from './background-sums.ts';
export { MpiError } from './error.ts';
export { type Mpi, type MpiOptions, startMpi } from './mpi.ts';

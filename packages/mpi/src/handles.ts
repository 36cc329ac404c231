import type { LibraryHandle } from 'koffi';

/*
 * What an MPI library calls its communicator, types and operations. Until MPI 5 each implementation had a binary
 * interface of its own.
 */

/** Which binary interface a library has. */
export type Implementation = 'Open MPI' | 'MPICH' | 'MPI-5 ABI';

/** An integer, or an address. */
export type Handle = number | bigint;

/** The handles and constants of a library that are used here. */
export interface Handles {
  /** C's type of a handle, as koffi writes it. */
  readonly handleType: 'int' | 'void *';
  readonly world: Handle;
  readonly float: Handle;
  readonly byte: Handle;
  readonly sum: Handle;
  /** Given as the address to send from: the one to receive at has the values. */
  readonly inPlace: bigint;
  /** The level at which one thread of a process with others calls MPI. */
  readonly threadFunneled: number;
}

/** Of MPICH and of all that share its binary interface: Intel MPI, MVAPICH, Cray MPICH. Values of its mpi.h. */
const MPICH: Handles = {
  handleType: 'int',
  world: 0x44000000,
  float: 0x4c00040a,
  byte: 0x4c00010d,
  sum: 0x58000003,
  inPlace: -1n,
  threadFunneled: 1,
};

/** Of MPI 5.0, chapter "Application Binary Interface": handles are small addresses. */
const STANDARD: Handles = {
  handleType: 'void *',
  world: 0x101n,
  float: 0x210n,
  byte: 0x247n,
  sum: 0x21n,
  inPlace: 1n,
  threadFunneled: 1024,
};

/** Tells an implementation by what `MPI_Get_library_version` says of it; null for one that is not known. */
export function implementationOf(
  version: string,
  hasStandardInterface: boolean,
): Implementation | null {
  if (hasStandardInterface) return 'MPI-5 ABI';
  if (/open mpi/i.test(version)) return 'Open MPI';
  return /mpich|intel\(r\) mpi|mvapich/i.test(version) ? 'MPICH' : null;
}

/** The handles of an implementation; those of Open MPI are addresses of variables in the library. */
export function handlesOf(implementation: Implementation, library: LibraryHandle): Handles {
  if (implementation === 'MPICH') return MPICH;
  if (implementation === 'MPI-5 ABI') return STANDARD;
  const address = (name: string) => library.symbol(name) as bigint;
  return {
    handleType: 'void *',
    world: address('ompi_mpi_comm_world'),
    float: address('ompi_mpi_float'),
    byte: address('ompi_mpi_byte'),
    sum: address('ompi_mpi_op_sum'),
    inPlace: 1n,
    threadFunneled: 1,
  };
}

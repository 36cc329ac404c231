import { writeSync } from 'node:fs';
import { hostname } from 'node:os';
import type { LibraryHandle } from 'koffi';
import { BackgroundSums, type NonBlockingSum, PIECE } from './background-sums.ts';
import { MpiError } from './error.ts';
import type { Handle, Handles } from './handles.ts';
import { type Library, loadLibrary } from './library.ts';

/** Options of {@link startMpi}. */
export interface MpiOptions {
  /** Path of the MPI library. @default the environment's FBSD_MPI_LIBRARY, else the launcher's by its usual name */
  library?: string;
  /**
   * Whether values are to be added up while the processes compute, by {@link Mpi.background}; the same in all processes, which
   * otherwise wait for each other for ever. It costs them a copy.
   * @default where they are on several machines
   */
  background?: boolean | undefined;
}

/** MPI counts in int32: longer arrays of bytes go in pieces. */
const LONGEST = 2 ** 28;
/** Room for MPI's record of what has ended, which nobody reads: the largest has 40 bytes. */
const STATUS_BYTES = 64;
/** Of the longest handle, an address. */
const HANDLE_BYTES = 8;
/** Bytes of a host's name that are compared. */
const NAME_BYTES = 256;

const STANDARD_ERROR = 2;
/** In which a launcher, of a busy machine as well, reads what a process has written. */
const MILLISECONDS_TO_BE_HEARD = 300;

type MpiFunction = ReturnType<LibraryHandle['func']>;

let running: Mpi | undefined;

/**
 * Makes this process one of those that `mpirun` or `srun` started; without them it is the only one.
 *
 * The library is loaded when it is called, and chosen by what it says of itself: Open MPI from 4, MPICH from 4 and what shares its
 * interface (Intel MPI, MVAPICH), and any with the binary interface of MPI 5. Calls block, all but those of {@link Mpi.background}:
 * what a process waits for are the others, and the processor is busy meanwhile.
 *
 * A process that ends with exit code 0 says goodbye to the others. One that ends with another code, by an exception for
 * example, ends them all: nobody waits for it.
 *
 * ```ts
 * const mpi = startMpi();
 * const values = new Float32Array([mpi.rank]);
 * mpi.allReduceSum(values);   // 0 + 1 + … on every process
 * ```
 *
 * @returns the same object whenever it is called
 * @throws MpiError without a library, or when it cannot start
 */
export function startMpi({
  library = process.env['FBSD_MPI_LIBRARY'],
  background,
}: MpiOptions = {}): Mpi {
  running ??= new Mpi(loadLibrary(library || undefined), background);
  return running;
}

/** The processes that compute together. Made by {@link startMpi}. */
export class Mpi {
  /** Number of this process, from 0. */
  readonly rank: number;
  /** How many processes there are. */
  readonly size: number;
  /** Number of this process among those on its machine, from 0. */
  readonly localRank: number;
  /** How many there are on its machine. */
  readonly localSize: number;
  /** What the library says of itself, as `Open MPI v4.1.4, …`. */
  readonly version: string;
  /** Adds up values while this process goes on; null on one machine, unless asked for. */
  readonly background: BackgroundSums | null;
  private readonly functions: Library['functions'];
  private readonly handles: Handles;
  private readonly allReduce: MpiFunction;
  private readonly bcast: MpiFunction;
  /** Sums in pieces that are waited for. */
  private readonly blocking: BackgroundSums;
  private ended = false;

  /** @internal */
  constructor(library: Library, background?: boolean) {
    const { functions, handles, version } = library;
    this.functions = functions;
    this.handles = handles;
    this.version = version;
    const { handleType: handle } = handles;
    this.allReduce = functions.func(
      `int MPI_Allreduce(void *send, void *receive, int count, ${handle} type, ${handle} op, ${handle} comm)`,
    );
    this.bcast = functions.func(
      `int MPI_Bcast(void *buffer, int count, ${handle} type, int root, ${handle} comm)`,
    );
    const number = new Int32Array(1);
    const ask = (declaration: string) => {
      this.check(functions.func(declaration)(handles.world, number), declaration);
      return number[0] as number;
    };
    const init = 'int MPI_Init_thread(void *argc, void *argv, int required, int *provided)';
    this.check(functions.func(init)(null, null, handles.threadFunneled, number), init);
    process.once('exit', (code) => (code === 0 ? this.end() : this.abort(code)));
    // Node would print it after `exit`, which is too late here.
    process.on('uncaughtExceptionMonitor', (error) => this.tell(error));
    this.rank = ask(`int MPI_Comm_rank(${handle} comm, int *rank)`);
    this.size = ask(`int MPI_Comm_size(${handle} comm, int *size)`);
    const hosts = this.hosts();
    const local = hosts.flatMap((host, rank) => (host === hosts[this.rank] ? [rank] : []));
    this.localRank = local.indexOf(this.rank);
    this.localSize = local.length;
    this.blocking = new BackgroundSums(this.sumsOn(handles.world));
    const isBetweenMachines = this.localSize < this.size;
    this.background =
      (background ?? isBetweenMachines)
        ? new BackgroundSums(this.sumsOn(this.copyOf(handles.world)))
        : null;
  }

  /**
   * Adds up the values of all processes, in place: afterwards all have the same sums, bit by bit. All must call it, with
   * arrays of the same lengths. Several arrays at once take less time than one after the other.
   *
   * @param arrays in the memory of a WebAssembly module, for example, or of their own
   */
  allReduceSum(...arrays: Float32Array[]): void {
    const [values, ...others] = arrays.filter(({ length }) => length > 0);
    if (!values) return;
    if (others.length > 0 || values.length > PIECE) {
      for (const array of arrays) this.blocking.add(array);
      this.blocking.finish();
      return;
    }
    this.background?.stepAside();
    const { inPlace, float, sum, world } = this.handles;
    this.check(
      this.allReduce(inPlace, values, values.length, float, sum, world),
      'int MPI_Allreduce(',
    );
  }

  /** Gives all processes the bytes of one of them, in place. All must call it, with arrays of the same length. */
  broadcast(bytes: Uint8Array, root = 0): void {
    const { byte, world } = this.handles;
    for (const piece of pieces(bytes)) {
      this.check(this.bcast(piece, piece.length, byte, root, world), 'int MPI_Bcast(');
    }
  }

  /** Waits until all processes have called it. */
  barrier(): void {
    this.check(
      this.functions.func(`int MPI_Barrier(${this.handles.handleType} comm)`)(this.handles.world),
      'int MPI_Barrier(',
    );
  }

  /** Says goodbye to the other processes, and waits until all have; afterwards nothing can be exchanged. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    // Some finalize at once, and some launchers end the others as soon as one has left with another code than 0.
    this.barrier();
    this.functions.func('int MPI_Finalize()')();
  }

  /** Ends all processes at once, this one too, with an exit code that is not 0, and says on standard error who did it. */
  abort(code: number): void {
    if (this.ended) return;
    this.ended = true;
    this.say(`process ${this.rank} ends with code ${code || 1}, and all others with it`);
    // A launcher that ends all of them no longer passes on what was written just before.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, MILLISECONDS_TO_BE_HEARD);
    const { handleType, world } = this.handles;
    this.functions.func(`int MPI_Abort(${handleType} comm, int code)`)(world, code || 1);
  }

  /** A communicator of the same processes: what they exchange by it may come in another order among what they exchange by the first. */
  private copyOf(communicator: Handle): Handle {
    const { handleType } = this.handles;
    const copy = handleType === 'int' ? new Int32Array(1) : new BigInt64Array(1);
    const declaration = `int MPI_Comm_dup(${handleType} comm, void *copy)`;
    this.check(this.functions.func(declaration)(communicator, copy), declaration);
    return copy[0] as Handle;
  }

  private sumsOn(communicator: Handle): NonBlockingSum {
    const { handleType: handle, inPlace, float, sum } = this.handles;
    const begin = `int MPI_Iallreduce(void *send, void *receive, int count, ${handle} type, ${handle} op, ${handle} comm, void *request)`;
    const test = 'int MPI_Test(void *request, int *ended, void *status)';
    const wait = 'int MPI_Wait(void *request, void *status)';
    const [beginSum, testSum, waitForSum] = [begin, test, wait].map((declaration) =>
      this.functions.func(declaration),
    ) as [MpiFunction, MpiFunction, MpiFunction];
    const status = new Uint8Array(STATUS_BYTES);
    const ended = new Int32Array(1);
    return {
      begin: (values) => {
        const request = new Uint8Array(HANDLE_BYTES);
        const code = beginSum(inPlace, values, values.length, float, sum, communicator, request);
        this.check(code, begin);
        return request;
      },
      test: (request) => {
        this.check(testSum(request, ended, status), test);
        return ended[0] !== 0;
      },
      wait: (request) => this.check(waitForSum(request, status), wait),
    };
  }

  private tell(error: unknown): void {
    if (this.ended) return;
    this.say(`process ${this.rank}: ${(error as Error)?.stack ?? error}`);
  }

  private say(text: string): void {
    try {
      writeSync(STANDARD_ERROR, `${text}\n`);
    } catch {
      // Nobody listens any more; the others have to be ended all the same.
    }
  }

  /** The name of each process's machine. */
  private hosts(): string[] {
    const own = Buffer.alloc(NAME_BYTES);
    own.write(hostname());
    return Array.from({ length: this.size }, (_, rank) => {
      const name = Buffer.from(own);
      this.broadcast(name, rank);
      return name.toString();
    });
  }

  /** Calls that fail end the job of their own accord, unless a library was told to return. */
  private check(code: unknown, declaration: string): void {
    if (code === 0) return;
    const name = /MPI_\w+/.exec(declaration)?.[0];
    throw new MpiError(
      `[@fbsd/mpi] process ${this.rank ?? '?'}: ${name} failed with error ${code}; the library is ${this.version}.`,
    );
  }
}

/** Bytes as parts of them that MPI can count. */
function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += LONGEST) yield bytes.subarray(at, at + LONGEST);
}

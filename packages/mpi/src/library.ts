import koffi, { type LibraryHandle } from 'koffi';
import { MpiError } from './error.ts';
import { type Handles, handlesOf, type Implementation, implementationOf } from './handles.ts';

/** An MPI library of the system that has been loaded. */
export interface Library {
  readonly functions: LibraryHandle;
  readonly handles: Handles;
  readonly implementation: Implementation;
  /** What it says of itself, its first line. */
  readonly version: string;
}

/** Variables of the environment. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Names with the versions of their binary interfaces: those without belong to packages for compiling. */
const OPEN_MPI = { linux: ['libmpi.so.40'], darwin: ['libmpi.40.dylib'] };
/** Upstream's own name, and that of Debian's package. */
const MPICH = {
  linux: ['libmpi.so.12', 'libmpich.so.12'],
  darwin: ['libmpi.12.dylib'],
};
/** MPI 5's interface, of MPICH from 5.0 and Open MPI from 6.0 on. */
const STANDARD = {
  linux: ['libmpi_abi.so.1'],
  darwin: ['libmpi_abi.1.dylib'],
};

/**
 * How Open MPI exchanges gradients, unless the variable is set or `--mca` given. Its files of parameters are overruled, as by any
 * variable. Over TCP pieces go without asking first (bytes): the answer would wait behind all that goes the other way. Of algorithms
 * the one that moves 2·(N−1)/N of the values, in place as well.
 */
const OPEN_MPI_SETTINGS = {
  OMPI_MCA_btl_tcp_eager_limit: String(2 ** 22),
  OMPI_MCA_coll_libnbc_iallreduce_algorithm: 'rabenseifner',
};

/** Where macOS's dynamic loader does not look, but Homebrew installs. */
const HOMEBREW = '/opt/homebrew/lib/';

/** Bytes of the longest version, with room to spare: MPICH's has 8,192. */
const VERSION_BYTES = 16_384;

/**
 * Loads the MPI library of the launcher that started this process, else the first that there is.
 *
 * @param path of the library, where it is not one of the usual names
 * @throws MpiError that says what to install where there is none
 */
export function loadLibrary(
  path: string | undefined,
  environment: Environment = process.env,
): Library {
  // UCX, by which MPICH exchanges, would replace malloc and its like under V8's threads: now and then a process crashes as it
  // starts. What UCX loses is a cache of memory that network cards know; who needs it sets the variable.
  process.env['UCX_MEM_EVENTS'] ??= 'no';
  for (const [name, value] of Object.entries(OPEN_MPI_SETTINGS)) process.env[name] ??= value;
  const names = path === undefined ? libraryNames(environment) : [path];
  const problems: string[] = [];
  for (const name of names) {
    try {
      // Open MPI's plugins look for its functions among those that all of the process may see.
      return describe(koffi.load(name, { global: true, lazy: true }), name);
    } catch (error) {
      if (error instanceof MpiError) throw error;
      problems.push((error as Error).message.split('\n')[0] as string);
    }
  }
  throw new MpiError(
    path === undefined
      ? `[@fbsd/mpi] startMpi: found none of ${names.join(', ')}. Install an MPI (Debian: apt-get install openmpi-bin, or mpich; macOS: brew install open-mpi), or give the path of its library in FBSD_MPI_LIBRARY.`
      : `[@fbsd/mpi] startMpi: cannot load ${path}: ${problems[0]}. Give the path of libmpi.so or libmpich.so, without version or with it.`,
  );
}

/** Names by which libraries are looked for, those of the launcher first. */
export function libraryNames(environment: Environment): string[] {
  const platform = process.platform === 'darwin' ? 'darwin' : 'linux';
  const ofMpich = 'PMI_RANK' in environment && !('PMIX_RANK' in environment);
  const libraries = ofMpich ? [MPICH, STANDARD, OPEN_MPI] : [OPEN_MPI, STANDARD, MPICH];
  const names = libraries.flatMap((library) => library[platform]);
  if (platform === 'linux') return names;
  return [...names, ...names.map((name) => HOMEBREW + name)];
}

function describe(functions: LibraryHandle, name: string): Library {
  const text = Buffer.alloc(VERSION_BYTES);
  const length = new Int32Array(1);
  functions.func('int MPI_Get_library_version(void *version, int *length)')(text, length);
  const all = text.toString('utf8', 0, length[0]).replace(/\0.*$/s, '');
  const implementation = implementationOf(all, hasStandardInterface(functions, name));
  const version = (all.split('\n')[0] as string).replace(/\s+/g, ' ').trim();
  if (implementation === null) {
    throw new MpiError(
      `[@fbsd/mpi] startMpi: ${name} is neither Open MPI nor MPICH nor one with MPI 5's binary interface, but "${version}". Give the path of one of these in FBSD_MPI_LIBRARY.`,
    );
  }
  return { functions, handles: handlesOf(implementation, functions), implementation, version };
}

/**
 * MPICH has MPI 5's functions in its own interface, too: the library's name tells which handles it takes.
 */
function hasStandardInterface(functions: LibraryHandle, name: string): boolean {
  if (!/mpi_abi/.test(name)) return false;
  try {
    functions.func('int MPI_Abi_get_version(int *major, int *minor)');
    return true;
  } catch {
    return false;
  }
}

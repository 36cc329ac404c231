import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { WasmBackend } from '../backends/wasm/backend.ts';
import { ThreadedWasmError } from './error.ts';

/*
 * tfjs ships a build of its wasm backend for shared memory, but loads it in pages only, with threads of its
 * own. It is started here with one thread: the others are those of our pool.
 */

/** What tfjs's script makes: the wasm, started. */
interface EmscriptenModule {
  cwrap(name: string, returns: string | null, args: string[]): (...args: number[]) => number;
  /** What the wasm exports. */
  readonly asm: { readonly memory?: WebAssembly.Memory };
  tfjs?: Record<string, (...args: number[]) => number>;
}

/** tfjs's files for shared memory. */
export interface TfjsFiles {
  /** What its script exports. */
  readonly createModule: (options: { wasmBinary: BufferSource }) => Promise<EmscriptenModule>;
  readonly wasmBinary: BufferSource;
}

/** A tfjs backend whose memory is a SharedArrayBuffer. */
export interface SharedBackend {
  readonly backend: WasmBackend;
  /** To be called when tfjs has set the backend's kernels up: throws if the wasm lacks one. */
  checkKernels(): void;
}

/** Starts a new backend. */
export async function createSharedBackend({
  createModule,
  wasmBinary,
}: TfjsFiles): Promise<SharedBackend> {
  const { BackendWasm, version_wasm } = await importBackend();
  const module = await startModule(createModule, wasmBinary, version_wasm);
  if (module.asm.memory) {
    throw wrongVersion('the wasm has a memory of its own, so it is none for threads', version_wasm);
  }
  const missing: string[] = [];
  const { cwrap } = module;
  module.cwrap = (name, returns, args) => {
    const found = cwrap(name, returns, args);
    if (!found) missing.push(name);
    return found;
  };
  const wrap = (name: string, parameters: number, returns: string | null = null) =>
    module.cwrap(name, returns, Array(parameters).fill('number'));
  const initWithThreadsCount = wrap('init_with_threads_count', 1);
  module.tfjs = {
    init: wrap('init', 0),
    initWithThreadsCount: () => initWithThreadsCount(1),
    getThreadsCount: wrap('get_threads_count', 0, 'number'),
    registerTensor: wrap('register_tensor', 3),
    disposeData: wrap('dispose_data', 1),
    dispose: wrap('dispose', 0),
  };
  const checkKernels = () => {
    if (missing.length > 0) {
      throw wrongVersion(`the wasm has no ${missing.join(', ')}`, version_wasm);
    }
  };
  checkKernels();
  const backend = new BackendWasm(
    module as unknown as ConstructorParameters<typeof BackendWasm>[0],
  );
  return { backend: backend as unknown as WasmBackend, checkKernels };
}

/** An optional peer: only who calls for threads needs it. */
async function importBackend() {
  try {
    return await import('@tensorflow/tfjs-backend-wasm');
  } catch (cause) {
    throw new Error(
      '[@fbsd/kernels] useThreadedWasm: @tensorflow/tfjs-backend-wasm could not be loaded. Install it: ' +
        'npm install @tensorflow/tfjs-backend-wasm',
      { cause },
    );
  }
}

async function startModule(
  createModule: TfjsFiles['createModule'],
  wasmBinary: BufferSource,
  version: string,
): Promise<EmscriptenModule> {
  try {
    return await createModule({ wasmBinary });
  } catch (error) {
    const cause = error as Error;
    if (cause.name !== 'RangeError') {
      throw wrongVersion(`tfjs's script and wasm do not start (${cause.message})`, version, cause);
    }
    throw new ThreadedWasmError(
      'no-memory',
      `there is no room for the memory of tfjs (${cause.message}). Close other pages, or use setBackend('wasm').`,
      { cause },
    );
  }
}

function wrongVersion(what: string, version: string, cause?: Error): ThreadedWasmError {
  return new ThreadedWasmError(
    'wrong-version',
    `${what}. Both files must be those of @tensorflow/tfjs-backend-wasm ${version}, which is the version loaded here.`,
    { cause },
  );
}

/** Stands in for the eight threads that the script starts ahead, of which it needs none. */
export class IdleThread {
  onmessage?: (event: { data: { cmd: string } }) => void;
  postMessage({ cmd }: { cmd: string }): void {
    if (cmd === 'load') this.onmessage?.({ data: { cmd: 'loaded' } });
  }
  on(): void {}
  unref(): void {}
  terminate(): void {}
}

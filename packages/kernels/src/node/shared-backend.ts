import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { compileFunction } from 'node:vm';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/*
 * tfjs ships a build of its wasm backend for shared memory, but does not load it in Node. It is loaded
 * here with one thread of its own: the threads are those of our pool.
 */

interface EmscriptenModule {
  cwrap(name: string, returns: string | null, args: string[]): (...args: number[]) => number;
  tfjs?: Record<string, (...args: number[]) => number>;
}

type Factory = (options: { wasmBinary: Buffer }) => Promise<EmscriptenModule>;

/** A new backend whose memory is a SharedArrayBuffer. */
export async function loadSharedBackend(): Promise<BackendWasm> {
  const { BackendWasm, setThreadsCount } = await importBackend();
  const require = createRequire(import.meta.url);
  const file = (extension: string) =>
    require.resolve(
      `@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.${extension}`,
    );
  const script = file('js');
  const globals = {
    require,
    __filename: script,
    __dirname: dirname(script),
    Worker: IdleThread,
    // The script sets global.Worker, and has the process end at any unhandled rejection.
    global: {},
    process: Object.create(process, { on: { value() {} }, removeListener: { value() {} } }),
  };
  const load = compileFunction(
    `${readFileSync(script, 'utf8')};return WasmBackendModuleThreadedSimd;`,
    Object.keys(globals),
    { filename: script },
  );
  const factory: Factory = load(...Object.values(globals));
  const module = await factory({ wasmBinary: readFileSync(file('wasm')) });
  const wrap = (name: string, parameters: number, returns: string | null = null) =>
    module.cwrap(name, returns, Array(parameters).fill('number'));
  module.tfjs = {
    init: wrap('init', 0),
    initWithThreadsCount: wrap('init_with_threads_count', 1),
    getThreadsCount: wrap('get_threads_count', 0, 'number'),
    registerTensor: wrap('register_tensor', 3),
    disposeData: wrap('dispose_data', 1),
    dispose: wrap('dispose', 0),
  };
  setThreadsCount(1);
  return new BackendWasm(module as unknown as ConstructorParameters<typeof BackendWasm>[0]);
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

/** Stands in for the eight threads that the script starts ahead, of which it needs none. */
class IdleThread {
  onmessage?: (event: { data: { cmd: string } }) => void;
  postMessage({ cmd }: { cmd: string }): void {
    if (cmd === 'load') this.onmessage?.({ data: { cmd: 'loaded' } });
  }
  on(): void {}
  unref(): void {}
  terminate(): void {}
}

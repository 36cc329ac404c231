import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { compileFunction } from 'node:vm';
import { IdleThread, type TfjsFiles } from '../threads/shared-backend.ts';

/** Reads tfjs's script and wasm for shared memory from the package that is installed. */
export async function loadFiles(): Promise<TfjsFiles> {
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
  return { createModule: load(...Object.values(globals)), wasmBinary: readFileSync(file('wasm')) };
}

import { ThreadedWasmError } from '../threads/error.ts';
import { IdleThread, type TfjsFiles } from '../threads/shared-backend.ts';
import { importModule } from './import-module.ts';

/** A file of tfjs: its address, relative to that of the page or Worker, or its bytes. */
export type TfjsFile = string | URL | BufferSource;

type CreateModule = TfjsFiles['createModule'];

/** tfjs's script run with what stands in for threads, in a module: returns what it exports. */
type RunScript = (
  Worker: typeof IdleThread,
  module: { exports: unknown },
  exports: object,
) => CreateModule;

/** What tfjs's script exports, and the first bytes of every wasm. */
const SCRIPT = 'WasmBackendModuleThreadedSimd';
const MAGIC = '\0asm';

/** Loads tfjs's script and wasm for shared memory. */
export async function loadFiles({
  script,
  wasm,
}: Record<'script' | 'wasm', TfjsFile>): Promise<TfjsFiles> {
  const [scriptBytes, wasmBinary] = await Promise.all([read('script', script), read('wasm', wasm)]);
  const text = new TextDecoder().decode(scriptBytes);
  if (!text.includes(SCRIPT)) throw otherFile('script', script, text);
  const head = new TextDecoder().decode(new Uint8Array(wasmBinary).subarray(0, 40));
  if (!head.startsWith(MAGIC)) throw otherFile('wasm', wasm, head);
  return { createModule: await runScript(text), wasmBinary };
}

async function read(option: string, file: TfjsFile): Promise<ArrayBuffer> {
  if (!(typeof file === 'string' || file instanceof URL)) return new Response(file).arrayBuffer();
  try {
    const response = await fetch(file);
    if (response.ok) return await response.arrayBuffer();
    throw new Error(`status ${response.status}`);
  } catch (cause) {
    throw notFound(option, `was not found at ${file} (${(cause as Error).message})`, cause);
  }
}

/** As where a server answers every address with its first page. */
function otherFile(option: string, file: TfjsFile, text: string): ThreadedWasmError {
  const where = typeof file === 'string' || file instanceof URL ? ` At ${file}` : ' What came';
  const begin = JSON.stringify(text.trimStart().slice(0, 40));
  return notFound(option, `was not found.${where} is another file, which begins with ${begin}`);
}

function notFound(option: string, what: string, cause?: unknown): ThreadedWasmError {
  const extension = option === 'script' ? 'js' : 'wasm';
  return new ThreadedWasmError(
    'file-not-found',
    `tfjs's ${option} ${what}. Give as \`${option}\` the address of wasm-out/tfjs-backend-wasm-threaded-simd.${extension} ` +
      'of the package @tensorflow/tfjs-backend-wasm.',
    { cause },
  );
}

/**
 * Runs tfjs's script as it is published: what a bundler makes of it does not always run. It is a script that
 * sets a global; the module around it gives it its own.
 */
async function runScript(text: string): Promise<CreateModule> {
  const source = `export default (Worker, module, exports) => {${text}\nreturn module.exports;};`;
  const address = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  try {
    const { default: run } = (await importModule(address)) as { default: RunScript };
    return run(IdleThread, { exports: undefined }, {});
  } catch (cause) {
    throw new ThreadedWasmError(
      'script-failed',
      `tfjs's script does not run (${(cause as Error).message}). Give the file as it is published; if the page ` +
        'has a Content-Security-Policy, allow script-src blob:.',
      { cause },
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ThreadedWasmError, type ThreadedWasmProblem, useThreadedWasm } from '@fbsd/kernels/node';
import { useThreadedWasm as useThreadedWasmOfWeb } from '@fbsd/kernels/web';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { loadFiles } from '../src/node/tfjs-files.ts';
import { startThread } from '../src/node/thread.ts';
import type { TfjsFiles } from '../src/threads/shared-backend.ts';
import { type Host, startThreadedWasm } from '../src/threads/threaded-wasm.ts';
import { loadFiles as loadFilesOfWeb } from '../src/web/tfjs-files.ts';

const { resolve } = createRequire(import.meta.url);
const tfjsFile = (path: string) =>
  new Uint8Array(readFileSync(resolve(`@tensorflow/tfjs-backend-wasm/${path}`)));

/** Imports the function x.y. */
const STRANGE_WASM = new Uint8Array([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // the head
  ...[1, 4, 1, 0x60, 0, 0], // one type, () → ()
  ...[2, 7, 1, 1, 0x78, 1, 0x79, 0, 0], // one import of that type
]);

/** The error of a promise that rejects. */
async function errorOf(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(ThreadedWasmError);
  return error as ThreadedWasmError;
}

describe('where threads do not start', () => {
  const host = (change: (files: TfjsFiles) => Partial<TfjsFiles>): Host => ({
    startThread,
    async loadFiles() {
      const files = await loadFiles();
      return { ...files, ...change(files) };
    },
  });
  /** tfjs's files, of which the wasm lacks a function. */
  const lacking = (name: string) =>
    host(({ createModule }) => ({
      async createModule(options) {
        const module = await createModule(options);
        const { cwrap } = module;
        const absent = undefined as unknown as ReturnType<typeof cwrap>;
        module.cwrap = (asked, ...rest) => (asked === name ? absent : cwrap(asked, ...rest));
        return module;
      },
    }));
  const failing = (error: Error) => host(() => ({ createModule: () => Promise.reject(error) }));
  const noThread: Host = {
    loadFiles,
    startThread: () => ({
      ready: Promise.reject(new ThreadedWasmError('thread-failed', 'no thread')),
      terminate() {},
    }),
  };

  test.each<[string, Host, ThreadedWasmProblem, RegExp]>([
    [
      'the wasm is another',
      host(() => ({ wasmBinary: tfjsFile('dist/tfjs-backend-wasm-simd.wasm') })),
      'wrong-version',
      /memory of its own, so it is none for threads\. Both files must be those of .* 4\.22\.0/,
    ],
    [
      'the wasm is a strange one',
      host(() => ({ wasmBinary: STRANGE_WASM })),
      'wrong-version',
      /script and wasm do not start \(.*Import #0/,
    ],
    [
      'the wasm lacks a function',
      lacking('register_tensor'),
      'wrong-version',
      /no register_tensor/,
    ],
    ['the wasm lacks a kernel', lacking('BatchMatMul'), 'wrong-version', /no BatchMatMul/],
    ['there is no memory', failing(new RangeError('too much')), 'no-memory', /\(too much\)/],
    ['a thread fails', noThread, 'thread-failed', /no thread/],
  ])('as %s, the error says so, and wasm is as before', async (_, broken, code, message) => {
    const error = await errorOf(startThreadedWasm(2, broken));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);

    await tf.setBackend('wasm');
    const x = tf.ones([64, 64]);
    const y = tf.matMul(x, x);
    expect(y.dataSync()[4095]).toBe(64);
    tf.dispose([x, y]);
    const wasm = await useThreadedWasm({ threads: 2 });
    expect(tf.getBackend()).toBe('wasm');
    await wasm.dispose();
  });

  test('tensors of a wasm backend that is not the current one are not dropped', async () => {
    await tf.setBackend('wasm');
    const held = tf.ones([2]);
    await tf.setBackend('cpu');
    await expect(useThreadedWasm()).rejects.toThrow('holds 1 tensors, which would be lost');
    expect(held.dataSync()[1]).toBe(1);
    held.dispose();
  });
});

describe('in a page', () => {
  const script = tfjsFile('wasm-out/tfjs-backend-wasm-threaded-simd.js');
  const wasm = tfjsFile('wasm-out/tfjs-backend-wasm-threaded-simd.wasm');
  const html = new TextEncoder().encode('\n<!doctype html><title>start</title>');

  test('that is not isolated, the error names the headers', async () => {
    const { code, message } = await errorOf(useThreadedWasmOfWeb({ script, wasm }));
    expect(code).toBe('not-isolated');
    expect(message).toContain('Cross-Origin-Opener-Policy: same-origin');
    expect(message).toContain('Cross-Origin-Embedder-Policy: require-corp');
  });

  const address = (bytes: Uint8Array) =>
    `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`;
  test.each([
    ['script', { script: html, wasm }, 'What came is another file, which begins with "<!doctype'],
    ['script', { script: address(html), wasm }, '<!doctype'],
    ['wasm', { script, wasm: html }, 'begins with "<!doctype'],
    ['script', { script: 'no-address', wasm }, 'was not found at no-address'],
    ['wasm', { script, wasm: new URL('blob:gone') }, 'was not found at blob:gone'],
  ])('whose %s is not tfjs’s, the error says what came', async (option, files, words) => {
    const { code, message } = await errorOf(loadFilesOfWeb(files));
    expect(code).toBe('file-not-found');
    expect(message).toContain(`tfjs's ${option} was not found`);
    expect(message).toContain(words);
    expect(message).toContain(`as \`${option}\` the address of wasm-out/`);
  });
});

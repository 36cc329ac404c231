import { accelerate } from '@fbsd/kernels/wasm';
import { useThreadedWasm } from '@fbsd/kernels/web';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import simdUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url';
import scriptUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js?url';
import threadedUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url';
import {
  engine,
  env,
  findBackendFactory,
  registerBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';
import type { StartOptions } from '../engine.ts';
import { NotHere, type RunningBackend, WITHOUT_GPU } from './running-backend.ts';

/** tfjs's for wasm. */
const PRIORITY = 2;

/** Makes wasm the current backend, on threads. @throws NotHere */
export async function startThreadedWasm({ threads }: StartOptions): Promise<RunningBackend> {
  try {
    const threaded = await useThreadedWasm({
      script: scriptUrl,
      wasm: threadedUrl,
      ...(threads !== undefined && { threads }),
    });
    return {
      ...WITHOUT_GPU,
      backend: 'wasm',
      threads: threaded.threads,
      dispose: () => threaded.dispose(),
    };
  } catch (cause) {
    throw new NotHere(
      'The threads of WebAssembly cannot be used here, so one CPU computes alone.',
      {
        cause,
      },
    );
  }
}

/** Makes wasm the current backend, on one thread. */
export async function startWasm(): Promise<RunningBackend> {
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false); // tfjs's own threads do not start in a Worker of a bundle
  setWasmPaths({
    'tfjs-backend-wasm.wasm': simdUrl, // browsers without SIMD cannot decode pictures here either
    'tfjs-backend-wasm-simd.wasm': simdUrl,
    'tfjs-backend-wasm-threaded-simd.wasm': threadedUrl,
  });
  const started = await setBackend('wasm');
  if (!started) throw new NotHere('WebAssembly does not start in this browser.');
  const acceleration = accelerate();
  return {
    ...WITHOUT_GPU,
    backend: 'wasm',
    threads: 1,
    async dispose() {
      acceleration.restore();
      const factory = findBackendFactory('wasm');
      if (engine().registry['wasm']) removeBackend('wasm');
      registerBackend('wasm', factory, PRIORITY);
    },
  };
}

import { UserError } from '@fbsd/trainer';
import { env } from '@tensorflow/tfjs-core';
import type { Backend, StartOptions } from '../engine.ts';
import { findGPU } from './find-gpu.ts';
import { NotHere, type RunningBackend } from './running-backend.ts';
import { findWebGL } from './webgl-adapter.ts';

/** A backend, and a sentence for each faster one that was passed over. */
export interface StartedBackend {
  running: RunningBackend;
  passedOver: readonly string[];
}

type Candidate = (options: StartOptions) => Promise<RunningBackend>;

/** Each in a chunk of its own: a page loads what it uses. */
const CANDIDATES = {
  async webgpu(options) {
    const adapter = await findGPU(options);
    return (await import('./webgpu.ts')).startWebGPU(adapter);
  },
  async threads(options) {
    if (!globalThis.crossOriginIsolated) {
      throw new NotHere('This page is not isolated, so WebAssembly has one thread.');
    }
    return (await import('./wasm.ts')).startThreadedWasm(options);
  },
  async wasm() {
    return (await import('./wasm.ts')).startWasm();
  },
  async webgl(options) {
    const adapter = findWebGL(options);
    return (await import('./webgl.ts')).startWebGL(adapter);
  },
} satisfies Record<string, Candidate>;

/** What to try, the fastest first. */
const ORDER: Readonly<Record<Backend | 'fastest', readonly (keyof typeof CANDIDATES)[]>> = {
  fastest: ['webgpu', 'threads', 'wasm'],
  webgpu: ['webgpu'],
  wasm: ['threads', 'wasm'],
  webgl: ['webgl'],
};

/**
 * Starts the fastest backend that really is there, or the one that is wanted.
 *
 * @throws UserError when that cannot be had
 */
export async function startBackend(
  wanted: Backend | undefined,
  options: StartOptions,
): Promise<StartedBackend> {
  env().set('PROD', true); // no advertisement in the console
  const passedOver: string[] = [];
  for (const name of ORDER[wanted ?? 'fastest']) {
    try {
      return { running: await CANDIDATES[name](options), passedOver };
    } catch (error) {
      const { message } = error as Error;
      passedOver.push(error instanceof NotHere ? message : `${name} does not start (${message}).`);
    }
  }
  throw new UserError(`${passedOver.join(' ')} Choose another backend.`);
}

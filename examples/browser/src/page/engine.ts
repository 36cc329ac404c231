import { type Remote, wrap } from 'comlink';
import type { Engine } from '../engine/engine.ts';
import { workerFailure } from './state/worker-failure.ts';

const worker = new Worker(new URL('../engine/worker.ts', import.meta.url), {
  type: 'module',
  name: 'engine',
});
worker.addEventListener('error', (event) => {
  workerFailure.value = event.message || 'its script could not be loaded';
});

/** All that computes, in its Worker. */
export const engine: Remote<Engine> = wrap<Engine>(worker);

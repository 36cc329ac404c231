import { env, ready, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';

env().set('PROD', true); // no advertisement of tfjs-node in the output

/** The backends that every test of values runs on. */
export const BACKENDS = ['cpu', 'wasm'] as const;
export type Backend = (typeof BACKENDS)[number];

/** Declares a group of tests once per backend; `body` gets the name of the one that is set. */
export function describeBackends(name: string, body: (backend: Backend) => void): void {
  describe.each(BACKENDS)(`${name} on %s`, (backend) => {
    beforeAll(async () => {
      if (!(await setBackend(backend))) throw new Error(`backend ${backend} failed to start`);
      await ready();
    });
    body(backend);
  });
}

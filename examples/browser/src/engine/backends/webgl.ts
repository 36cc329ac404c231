import '@tensorflow/tfjs-backend-webgl';
import {
  findBackendFactory,
  registerBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';
import { NotHere, type RunningBackend, WITHOUT_GPU } from './running-backend.ts';

/** tfjs's for webgl. */
const PRIORITY = 2;

/** Makes webgl the current backend, which only predicts. @throws NotHere */
export async function startWebGL(adapter: string): Promise<RunningBackend> {
  if (!(await setBackend('webgl'))) throw new NotHere('WebGL does not start in this browser.');
  return {
    ...WITHOUT_GPU,
    backend: 'webgl',
    threads: 1,
    adapter,
    async dispose() {
      const factory = findBackendFactory('webgl');
      removeBackend('webgl');
      registerBackend('webgl', factory, PRIORITY);
    },
  };
}

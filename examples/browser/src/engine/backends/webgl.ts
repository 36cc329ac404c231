import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgl';
import {
  backend,
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
  const { gl } = (backend() as MathBackendWebGL).gpgpu;
  return {
    ...WITHOUT_GPU,
    backend: 'webgl',
    threads: 1,
    adapter,
    lost: new Promise((resolve) => {
      gl.canvas.addEventListener('webglcontextlost', () => resolve('The GPU was lost.'));
    }),
    isLost: () => gl.isContextLost(),
    async dispose() {
      const factory = findBackendFactory('webgl');
      removeBackend('webgl');
      registerBackend('webgl', factory, PRIORITY);
    },
  };
}

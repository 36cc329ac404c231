// Stands in for the backends of `@fbsd/testing`: those of a browser.
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import { env, ready, setBackend } from '@tensorflow/tfjs-core';
import './wasm-files.js';

env().set('PROD', true);

/** @type {Record<string, string>} why a backend is not tested */
const missing = (await navigator.gpu?.requestAdapter()) ? {} : { webgpu: 'no adapter' };

export const BACKENDS = ['cpu', 'wasm', 'webgl', 'webgpu'];

/**
 * Declares a group of tests once per backend; one that is not there is reported as skipped.
 *
 * @param {string} name
 * @param {(backend: string) => void} body
 */
export function describeBackends(name, body) {
  for (const backend of BACKENDS) {
    const declare = missing[backend] ? describe.skip : describe;
    declare(`${name} on ${backend}${missing[backend] ? ` (${missing[backend]})` : ''}`, () => {
      beforeAll(async () => {
        if (!(await setBackend(backend))) throw new Error(`backend ${backend} failed to start`);
        await ready();
      });
      body(backend);
    });
  }
}

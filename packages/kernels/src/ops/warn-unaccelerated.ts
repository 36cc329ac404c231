import { Conv2DBackpropFilter, env, getBackend, getKernel } from '@tensorflow/tfjs-core';

let warned = false;

/**
 * Says, once, that something trains on wasm without our kernels. Not in production, as tfjs's own warnings: see its
 * `enableProdMode`.
 */
export function warnUnaccelerated(): void {
  if (warned || getBackend() !== 'wasm' || env().getBool('PROD')) return;
  if (getKernel(Conv2DBackpropFilter, 'wasm')) return;
  warned = true;
  console.warn(
    "[@fbsd/kernels] a batch norm trains on wasm without accelerate(): tfjs's own wasm has no gradient of " +
      'convolutions, and is many times slower. Call `accelerate()` of @fbsd/kernels once, after `await setBackend(…)`.',
  );
}

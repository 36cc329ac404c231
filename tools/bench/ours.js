// Measures one case here. Usage: node ours.js '{"case": …, "backend": "wasm", "precision": "float32", "avx2": false, "roundSeconds": 0.25, "warmUpSeconds": 5, "profile": false}'
import { selectBackend } from '@fbsd/cli';
import { getBackend } from '@tensorflow/tfjs-core';
import { gflopOf } from './operations.js';
import { KernelProfiler } from './profile.js';
import { serve } from './serve.js';
import { makeStep } from './steps.js';

const settings = JSON.parse(/** @type {string} */ (process.argv[2]));
const { description } =
  settings.avx2 && settings.backend === 'native'
    ? await useAVX2()
    : await selectBackend(settings.backend, settings.precision);
const step = makeStep(settings.case);
const gflop = settings.profile ? null : await gflopOf(getBackend(), step);
await serve({
  step,
  description,
  roundSeconds: settings.roundSeconds,
  warmUpSeconds: settings.warmUpSeconds,
  report: () => (gflop === null ? {} : { gflop }),
  ...(settings.profile && { createProfiler: () => new KernelProfiler(getBackend()) }),
});

/** The native kernels that a CPU without AVX-512 would have. */
async function useAVX2() {
  const { useNative } = await import('@fbsd/kernels/node');
  await import('@tensorflow/tfjs-backend-wasm');
  const { instructions, threads } = await useNative({ instructions: 'AVX2' });
  return { description: `native (${instructions}, ${threads} threads)` };
}

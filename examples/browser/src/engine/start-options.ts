import type { Backend, StartOptions } from './engine.ts';

const BACKENDS: readonly Backend[] = ['webgpu', 'wasm', 'webgl'];

/**
 * What the page's address asks for: `?backend=webgpu`, `wasm` or `webgl`; `&threads=2`; and, for tests on machines
 * without a GPU, `&software`.
 */
export function wantedIn(search: string): { backend?: Backend; options: StartOptions } {
  const parameters = new URLSearchParams(search);
  const backend = BACKENDS.find((name) => name === parameters.get('backend'));
  const threads = Number(parameters.get('threads'));
  const options: StartOptions = {
    allowSoftware: parameters.has('software'),
    ...(Number.isInteger(threads) && threads > 0 && { threads }),
  };
  return { ...(backend && { backend }), options };
}

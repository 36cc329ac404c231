import type { Started } from '../../engine/engine.ts';
import { plural } from './plural.ts';

const NAME = { webgpu: 'WebGPU', wasm: 'WebAssembly', webgl: 'WebGL' } as const;

/** WebGPU, or WebAssembly × 4. */
export function deviceName({ backend, threads }: Started): string {
  return threads > 1 ? `${NAME[backend]} × ${threads}` : NAME[backend];
}

/** What computes, as a sentence. */
export function deviceWords({ backend, threads, adapter }: Started): string {
  switch (backend) {
    case 'webgpu':
      return `The graphics card computes, through WebGPU${adapter ? `: ${adapter}` : ''}.`;
    case 'webgl':
      return `The graphics card computes, through WebGL${adapter ? `: ${adapter}` : ''}. It predicts, and does not train.`;
    default:
      return `The processor computes, through WebAssembly on ${plural(threads, 'thread')}.`;
  }
}

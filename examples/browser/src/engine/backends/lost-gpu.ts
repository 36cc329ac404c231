import type { RunningBackend } from './running-backend.ts';

/** The GPU was lost while it computed; the message is a sentence that says so. */
export class GPULost extends Error {}

/** Milliseconds in which a browser tells that the GPU was lost, whose commands it may still be waiting for. */
const TELLS_LOST = 10_000;

/**
 * Waits for something that a backend computes.
 *
 * @throws GPULost where its GPU is lost meanwhile: what was computed is worth nothing then
 */
export async function unlessLost<T>(
  { backend, lost, isLost }: RunningBackend,
  work: () => Promise<T>,
): Promise<T> {
  if (backend === 'wasm') return work();
  const told = lost.then((sentence) => {
    throw new GPULost(sentence);
  });
  told.catch(() => {}); // it may come when nobody waits any more
  try {
    const result = await Promise.race([work(), told]);
    return isLost() ? await told : result;
  } catch (error) {
    if (isLost() || isOfLostGPU(error)) await Promise.race([told, wait(TELLS_LOST)]);
    throw error;
  }
}

/** Reading from WebGPU fails by these alone when it is lost, maybe before it is said to be. */
function isOfLostGPU(error: unknown): boolean {
  return error instanceof DOMException && /^(Abort|Operation)Error$/.test(error.name);
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

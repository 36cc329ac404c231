// As users of Vite write it.
import { useThreadedWasm } from '@fbsd/kernels/web';
import scriptAddress from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js?url';
import wasmAddress from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url';
import { train } from './train.js';

/**
 * @param {{ threads: number, script?: string, wasm?: string }} options other files for those of tfjs
 * @returns {Promise<number[]>} losses
 */
export async function run({ threads, script = scriptAddress, wasm = wasmAddress }) {
  const threaded = await useThreadedWasm({ script, wasm, threads });
  try {
    return await train();
  } finally {
    await threaded.dispose();
  }
}

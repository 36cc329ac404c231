// In a Worker: trains on pictures that a second Worker decodes.
import { useThreadedWasm } from '@fbsd/kernels/web';
import script from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js?url';
import wasm from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url';
import { PortPictures } from './port-pictures.js';
import { trainTwice } from './train.js';

/**
 * @param {{ threads: number, dataset: import('./train.js').Dataset, read?: import('@fbsd/trainer').Picture }} options
 *   `read`: reads this one picture instead
 * @returns {Promise<import('./train.js').Outcome | import('@fbsd/trainer').Pixels>}
 */
export async function run({ threads, dataset, read }) {
  const { pictures, stop } = startDecoding();
  try {
    if (read) return await pictures.read(read);
    const threaded = await useThreadedWasm({ script, wasm, threads });
    try {
      return await trainTwice(dataset, pictures);
    } finally {
      await threaded.dispose();
    }
  } finally {
    stop();
  }
}

function startDecoding() {
  const worker = new Worker(new URL('./decoding-worker.js', import.meta.url), { type: 'module' });
  const { port1, port2 } = new MessageChannel();
  const pictures = new PortPictures(port1);
  worker.onerror = ({ message }) => pictures.close(`the decoding Worker failed: ${message}`);
  worker.postMessage(null, [port2]);
  const stop = () => {
    pictures.close();
    worker.terminate();
  };
  return { pictures, stop };
}

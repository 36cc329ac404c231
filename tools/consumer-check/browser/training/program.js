// In a Worker: trains on pictures that two more Workers decode, and keeps pictures and runs in the browser.
import { useThreadedWasm } from '@fbsd/kernels/web';
import { explain, MemoryPictureCache, renderReport } from '@fbsd/trainer';
import {
  canvasEncoder,
  IndexedDbPictures,
  IndexedDbRuns,
  loadModelFiles,
  PortPictures,
} from '@fbsd/trainer/web';
import script from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js?url';
import wasm from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url';
import { goOn, hashPictures, trainToTheEnd, trainUntilKilled } from './train.js';

/**
 * @typedef {import('@fbsd/trainer').Dataset} Dataset
 * @typedef {import('./train.js').Run} Run
 *
 * @typedef {object} Argument
 * @property {'whole' | 'be killed' | 'go on' | 'keep' | 'read'} part of the work; each in a page of its own
 * @property {number} threads
 * @property {Dataset} dataset its paths are addresses
 * @property {string} [message] for the console: kill it now
 * @property {import('@fbsd/trainer').Picture} read the picture for `read`
 */

/** What the browser keeps the data set as. */
const KEPT = 'drawn';

/** @param {Argument} argument */
export async function run({ part, threads, dataset, message, read }) {
  if (part === 'keep') return keep(dataset);
  const { pictures, stop } = startDecoding();
  try {
    if (part === 'read') return await pictures.read(read);
    const threaded = await useThreadedWasm({ script, wasm, threads });
    const runs = await IndexedDbRuns.connect();
    try {
      if (part === 'whole') return await trainWhole(runs, dataset, pictures);
      if (part === 'be killed') return await trainOnKept(runs, dataset, pictures, message);
      return await resume(runs, pictures);
    } finally {
      runs.close();
      await threaded.dispose();
    }
  } finally {
    stop();
  }
}

/** @param {IndexedDbRuns} runs @param {Dataset} dataset @param {PortPictures} pictures */
async function trainWhole(runs, dataset, pictures) {
  const store = await runs.begin('whole', configOf(dataset));
  const decoded = await hashPictures({ dataset, pictures });
  const { imagesPerSecond, ...whole } = await trainToTheEnd({ dataset, pictures, store });
  return { pictures: decoded, whole, imagesPerSecond };
}

/**
 * @param {IndexedDbRuns} runs
 * @param {Dataset} dataset
 * @param {PortPictures} pictures
 * @param {string} [message]
 */
async function trainOnKept(runs, dataset, pictures, message) {
  const kept = await keep(dataset);
  const store = await runs.begin('stopped', configOf(kept));
  const cache = new MemoryPictureCache(pictures);
  await trainUntilKilled({ dataset: kept, pictures, cache, store }, () => console.log(message));
}

/** @param {IndexedDbRuns} runs @param {PortPictures} pictures */
async function resume(runs, pictures) {
  const photographs = await IndexedDbPictures.connect();
  const dataset = await photographs.dataset(KEPT);
  photographs.close();
  const store = await runs.store('stopped');
  const resumed = await goOn({ dataset, pictures, store });
  const files = await runs.files('stopped');
  const sums = files.find(({ path }) => path === 'checkpoints/last/SHA256SUMS');
  const { model, classNames } = await loadModelFiles(files);
  const samples = await explain(model, dataset.test.slice(0, 1), pictures, 65);
  model.dispose();
  const metrics = await store.metrics();
  const content = { title: 'Drawn birds', settings: {}, metrics, classNames, samples };
  const report = await renderReport(content, canvasEncoder);
  return { resumed, sums: new TextDecoder().decode(sums?.bytes), report };
}

/**
 * Keeps the pictures of a data set in the browser, as if a person had dropped them.
 *
 * @param {Dataset} dataset
 * @returns {Promise<Dataset>}
 */
async function keep(dataset) {
  const photographs = await IndexedDbPictures.connect();
  const files = await Promise.all(
    [...dataset.train, ...dataset.test].map(async ({ path }) => ({
      path,
      blob: await (await fetch(path)).blob(),
    })),
  );
  const kept = await photographs.keep(KEPT, dataset, files);
  photographs.close();
  return kept;
}

/** @param {Dataset} dataset */
function configOf({ classNames }) {
  return { settings: { dataset: 'folder', arch: 'mini' }, classNames, environment: {} };
}

function startDecoding() {
  const workers = [1, 2].map(
    () => new Worker(new URL('./decoding-worker.js', import.meta.url), { type: 'module' }),
  );
  const channels = workers.map(() => new MessageChannel());
  const pictures = new PortPictures(...channels.map(({ port1 }) => port1));
  workers.forEach((worker, i) => {
    worker.onerror = ({ message }) => pictures.close(`a decoding Worker failed: ${message}`);
    worker.postMessage(null, [/** @type {MessageChannel} */ (channels[i]).port2]);
  });
  const stop = () => {
    pictures.close();
    for (const worker of workers) worker.terminate();
  };
  return { pictures, stop };
}

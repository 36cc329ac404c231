import { fbsd } from '@fbsd/fbsd';
import { SGD, train } from '@fbsd/trainer';
import { dispose, memory } from '@tensorflow/tfjs-core';
import { MemoryRunStore } from './memory-run-store.js';

/**
 * @typedef {import('@fbsd/trainer').PictureSource} PictureSource
 * @typedef {import('@fbsd/trainer').TrainArgs['dataset']} Dataset
 * @typedef {import('@fbsd/trainer').MetricsLine} MetricsLine
 *
 * @typedef {object} Run
 * @property {object[]} metrics all lines, without what depends on time
 * @property {string} weights SHA-256 of the final weights and running statistics
 *
 * @typedef {object} Outcome
 * @property {string} pictures SHA-256 of all decoded pictures
 * @property {Run} whole
 * @property {Run} resumed stopped in the middle of an epoch, and gone on from the checkpoint
 * @property {number} tensors that were left behind
 * @property {number} imagesPerSecond
 */

const IMAGE_SIZE = 65;
const OPTIONS = {
  imageSize: IMAGE_SIZE,
  batchSize: 8,
  totalEpochs: 2,
  warmupSteps: 3,
  logEverySteps: 1,
  seed: 5,
};
const RATES = { newLearningRate: 0.02, pretrainedLearningRate: 0.01 };

/**
 * Trains the small network, once to the end and once with a stop: the same wherever it runs.
 *
 * @param {Dataset} dataset
 * @param {PictureSource} pictures
 * @returns {Promise<Outcome>}
 */
export async function trainTwice(dataset, pictures) {
  const decoded = await decodeAll(dataset, pictures);
  const before = memory().numTensors;
  const { imagesPerSecond, ...whole } = await trainToTheEnd(dataset, pictures);
  const resumed = await trainWithStop(dataset, pictures);
  const tensors = memory().numTensors - before;
  return { pictures: decoded, whole, resumed, tensors, imagesPerSecond };
}

/** @param {Dataset} dataset @param {PictureSource} pictures */
async function trainToTheEnd(dataset, pictures) {
  const store = new MemoryRunStore();
  const { model, optimizer } = begin(dataset);
  const { imagesPerSecond } = await train({
    ...OPTIONS,
    ...{ model, optimizer, dataset, pictures, store },
  });
  return { ...(await end(store, model, optimizer)), imagesPerSecond };
}

/** @param {Dataset} dataset @param {PictureSource} pictures */
async function trainWithStop(dataset, pictures) {
  const store = new MemoryRunStore();
  const stop = new AbortController();
  const batches = Math.ceil(dataset.train.length / OPTIONS.batchSize);
  const stopAt = batches + Math.ceil(batches / 2); // in the middle of the second epoch
  const first = begin(dataset);
  const { finished } = await train({
    ...OPTIONS,
    ...{ ...first, dataset, pictures, store, signal: stop.signal },
    listener: { onStep: ({ step }) => step === stopAt && stop.abort() },
  });
  first.optimizer.dispose();
  first.model.dispose();

  const checkpoint = await store.load('last');
  if (finished || checkpoint?.progress.step !== stopAt || !checkpoint.progress.meters) {
    throw new Error(`expected a stop at step ${stopAt}; got ${JSON.stringify(checkpoint)}`);
  }
  const { model, velocities, progress } = checkpoint;
  const optimizer = new SGD(model, RATES);
  optimizer.setVelocities(velocities);
  dispose(velocities.map(({ tensor }) => tensor));
  await train({ ...OPTIONS, ...{ model, optimizer, dataset, pictures, store, progress } });
  return end(store, model, optimizer);
}

/** @param {Dataset} dataset */
function begin({ classNames }) {
  const narrow = { convWidths: /** @type {[number, number]} */ ([32, 64]), hiddenUnits: 32 };
  const classes = classNames.length;
  const model = fbsd({ arch: 'mini', classes, imageSize: IMAGE_SIZE, seed: 1, ...narrow });
  return { model, optimizer: new SGD(model, RATES) };
}

/**
 * @param {MemoryRunStore} store
 * @param {import('@tensorflow/tfjs-layers').LayersModel} model
 * @param {SGD} optimizer
 * @returns {Promise<Run>}
 */
async function end(store, model, optimizer) {
  const values = await Promise.all(model.getWeights().map((weight) => weight.data()));
  optimizer.dispose();
  model.dispose();
  return { metrics: store.metrics.map(withoutTime), weights: await sha256(values) };
}

/** @param {MetricsLine} line @returns {object} */
function withoutTime(line) {
  if (line.kind === 'step') {
    const { imagesPerSecond: _, ...rest } = line;
    return rest;
  }
  const { seconds: _, ...rest } = line;
  return rest;
}

/** @param {Dataset} dataset @param {PictureSource} pictures */
async function decodeAll({ train, test }, pictures) {
  const decoded = [...train, ...test].map(async (sample) => (await pictures.read(sample)).data);
  return sha256(await Promise.all(decoded));
}

/** @param {readonly ArrayBufferView[]} parts @returns {Promise<string>} */
async function sha256(parts) {
  const bytes = await new Blob(/** @type {BlobPart[]} */ ([...parts])).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

import { fbsd } from '@fbsd/fbsd';
import { SGD, train } from '@fbsd/trainer';
import { dispose, memory } from '@tensorflow/tfjs-core';

/**
 * @typedef {import('@fbsd/trainer').PictureSource} PictureSource
 * @typedef {import('@fbsd/trainer').TrainArgs['dataset']} Dataset
 * @typedef {import('@fbsd/trainer').MetricsLine} MetricsLine
 *
 * @typedef {object} Args
 * @property {Dataset} dataset
 * @property {PictureSource} pictures
 * @property {import('@fbsd/trainer').PictureCache | null} [cache]
 * @property {import('@fbsd/trainer').RunStore & { metrics(): Promise<MetricsLine[]> }} store
 *
 * @typedef {object} Run
 * @property {object[]} metrics all lines, without what depends on time
 * @property {string} weights SHA-256 of the final weights and running statistics
 * @property {number} tensors that were left behind
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
 * Trains the small network: the same wherever it runs.
 *
 * @param {Args} args
 * @returns {Promise<Run & { imagesPerSecond: number }>}
 */
export async function trainToTheEnd(args) {
  const before = memory().numTensors;
  const made = begin(args);
  const { imagesPerSecond } = await train({ ...OPTIONS, ...args, ...made });
  return { ...(await end(args, made, before)), imagesPerSecond };
}

/**
 * Does the same, but stops in the middle of the second epoch.
 *
 * @param {Args} args
 */
export async function trainToTheStop(args) {
  const stop = new AbortController();
  const stopAt = middle(args);
  const { model, optimizer } = begin(args);
  const { finished, progress } = await train({
    ...{ ...OPTIONS, ...args, model, optimizer, signal: stop.signal },
    listener: { onStep: ({ step }) => step === stopAt && stop.abort() },
  });
  optimizer.dispose();
  model.dispose();
  if (finished || progress.step !== stopAt || !progress.meters) {
    throw new Error(`expected a stop at step ${stopAt}; got ${JSON.stringify(progress)}`);
  }
}

/**
 * Does the same, but keeps a checkpoint in the middle of the second epoch, and after the next step waits for its end.
 *
 * @param {Args} args
 * @param {() => void} past is called when there is more than the checkpoint knows of
 */
export async function trainUntilKilled(args, past) {
  const { dataset, store } = args;
  const saveEverySteps = middle(args);
  await train({
    ...{ ...OPTIONS, ...args, ...begin({ dataset }), saveEverySteps },
    store: {
      load: (name) => store.load(name),
      save: (name, checkpoint) => store.save(name, checkpoint),
      rewind: (step) => store.rewind(step),
      async append(line) {
        await store.append(line);
        if (line.step <= saveEverySteps) return;
        past();
        await new Promise(() => {});
      },
    },
  });
}

/** @param {Args} args @returns {number} a step in the middle of the second epoch */
function middle({ dataset }) {
  const batches = Math.ceil(dataset.train.length / OPTIONS.batchSize);
  return batches + Math.ceil(batches / 2);
}

/**
 * Goes on to the end from the last checkpoint.
 *
 * @param {Args} args
 * @returns {Promise<Run>}
 */
export async function goOn(args) {
  const before = memory().numTensors;
  const checkpoint = await args.store.load('last');
  if (!checkpoint) throw new Error('there is no checkpoint');
  const { model, velocities, progress } = checkpoint;
  const optimizer = new SGD(model, RATES);
  optimizer.setVelocities(velocities);
  dispose(velocities.map(({ tensor }) => tensor));
  await train({ ...OPTIONS, ...args, model, optimizer, progress });
  return end(args, { model, optimizer }, before);
}

/**
 * @param {Pick<Args, 'dataset' | 'pictures'>} args
 * @returns {Promise<string>} SHA-256 of all decoded pictures
 */
export async function hashPictures({ dataset: { train, test }, pictures }) {
  const decoded = [...train, ...test].map(async (sample) => (await pictures.read(sample)).data);
  return sha256(await Promise.all(decoded));
}

/** @param {Pick<Args, 'dataset'>} args */
function begin({ dataset: { classNames } }) {
  const narrow = { convWidths: /** @type {[number, number]} */ ([32, 64]), hiddenUnits: 32 };
  const classes = classNames.length;
  const model = fbsd({ arch: 'mini', classes, imageSize: IMAGE_SIZE, seed: 1, ...narrow });
  return { model, optimizer: new SGD(model, RATES) };
}

/**
 * @param {Args} args
 * @param {ReturnType<typeof begin>} made
 * @param {number} before how many tensors there were
 * @returns {Promise<Run>}
 */
async function end({ store }, { model, optimizer }, before) {
  const values = await Promise.all(model.getWeights().map((weight) => weight.data()));
  optimizer.dispose();
  model.dispose();
  const tensors = memory().numTensors - before;
  const metrics = (await store.metrics()).map(withoutTime);
  return { metrics, weights: await sha256(values), tensors };
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

/** @param {readonly ArrayBufferView[]} parts @returns {Promise<string>} */
async function sha256(parts) {
  const bytes = await new Blob(/** @type {BlobPart[]} */ ([...parts])).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

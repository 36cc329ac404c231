// One measurement, printed as pictures per second. Usage:
//   node ours.js pipeline PHOTOGRAPHS [CACHE]   decoded, augmented, normalised, thrown away
//   node ours.js training FOLDER                mini-CUB, drawn into FOLDER, its network and settings
//   node ours.js steps FOLDER                   the same steps on one batch that is in memory
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { selectBackend } from '@fbsd/cli';
import { DATASETS, DiskPictureCache, diskPictures, ensureMini } from '@fbsd/datasets';
import { fbsd } from '@fbsd/fbsd';
import { batches, SGD, trainStep } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';

const [what, folder = '', cache = null] = process.argv.slice(2);
const PASSES = 3;

const rate = what === 'pipeline' ? await pipeline() : await training(what === 'steps');
console.log(rate);

async function pipeline() {
  const files = (await readdir(folder)).map((file) => join(folder, file));
  const samples = files.map((path, id) => ({ id, path, file: path, label: 0 }));
  const options = {
    pictures: diskPictures,
    cache: cache === null ? null : new DiskPictureCache(cache, diskPictures),
    imageSize: 448,
    batchSize: 20,
    train: true,
    reuseMemory: true,
  };
  /** @type {number | undefined} */
  let start;
  let pictures = 0;
  for (let epoch = 0; epoch < PASSES; epoch++) {
    for await (const { labels } of batches(samples, { ...options, epoch })) {
      if (start === undefined)
        start = performance.now(); // the first batch starts everything up
      else pictures += labels.length;
      await nextTurn();
    }
  }
  return (1000 * pictures) / (performance.now() - /** @type {number} */ (start));
}

/** @param {boolean} fromMemory */
async function training(fromMemory) {
  const root = join(folder, 'mini-cub');
  await ensureMini(DATASETS.cub.mini, root);
  const dataset = await DATASETS.cub.load(root);
  await selectBackend('wasm');
  const model = fbsd({ arch: 'mini', classes: dataset.classNames.length, imageSize: 96, seed: 1 });
  const optimizer = new SGD(model, { newLearningRate: 0.008, pretrainedLearningRate: 0.008 });
  /** @param {import('@fbsd/trainer').Batch} batch */
  const step = async ({ images, shape, labels }) => {
    const x = tf.tensor4d(images, shape);
    const y = tf.tensor1d(labels, 'int32');
    await trainStep(model, optimizer, x, y);
    tf.dispose([x, y]);
    await nextTurn();
    return labels.length;
  };
  const options = { pictures: diskPictures, imageSize: 96, batchSize: 16, train: true };
  const epoch = batches(dataset.train, options);
  const first = /** @type {import('@fbsd/trainer').Batch} */ ((await epoch.next()).value);
  await step(first);
  let pictures = 0;
  const start = performance.now();
  for await (const batch of epoch) {
    pictures += await step(fromMemory ? first : batch);
    if (fromMemory && pictures >= 300) break;
  }
  return (1000 * pictures) / (performance.now() - start);
}

// Trains a small network, in one process or as one of several. Usage: node train.js OPTIONS FOLDER; OPTIONS is JSON,
// `backend` in them may be native, too.
// Process 0 writes what it came to: numbers to result.json, weights and velocities to state.bin.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accelerate } from '@fbsd/kernels';
import { useNative } from '@fbsd/kernels/node';
import { startMpi } from '@fbsd/mpi';
import { AdamW, randomStream, SGD, train, WeightAverage } from '@fbsd/trainer';
import { smallNetwork } from './small-network.js';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { env, setBackend } from '@tensorflow/tfjs-core';

const CLASSES = 5;
const SIDE = 33;

const [options, folder] = /** @type {[string, string]} */ (process.argv.slice(2));
const {
  images,
  optimizer: name,
  ema,
  stopRank,
  backend = 'wasm',
  rate = 0.01,
  background,
  hidden,
  ...settings
} = JSON.parse(options);
const mpi = startMpi({ background });
env().set('PROD', true);
if (backend === 'native') {
  await useNative({ threads: 1 });
} else {
  await setBackend(backend);
  accelerate();
}

/** @param {number} count @param {number} first @returns {import('@fbsd/trainer').Sample[]} */
const samples = (count, first) =>
  Array.from({ length: count }, (_, i) => {
    const id = first + i;
    return { id, path: `${id}`, file: `${id}`, label: id % CLASSES };
  });

// The others' weights are others until they get those of process 0.
const model = smallNetwork(mpi.rank === 0 ? 1 : 100, hidden);
const rates = { newLearningRate: rate, pretrainedLearningRate: rate };
const optimizer = name === 'adamw' ? new AdamW(model, rates) : new SGD(model, rates);
const average = ema ? new WeightAverage(model, { decay: ema }) : null;
const controller = new AbortController();

/** @type {number[]} */
const losses = [];
const result = await train({
  model,
  optimizer,
  average,
  dataset: {
    classNames: Array.from({ length: CLASSES }, (_, i) => `class ${i}`),
    train: samples(images.train, 0),
    test: samples(images.test, images.train),
  },
  pictures: {
    async read({ path }) {
      const id = Number(path);
      const next = randomStream(id);
      const brightness = 60 + 30 * (id % CLASSES);
      const data = Uint8Array.from({ length: SIDE * SIDE * 3 }, () => brightness * next());
      return { data, width: SIDE, height: SIDE };
    },
  },
  imageSize: 30,
  trivialAugment: true,
  randomErasing: 0.3,
  ...settings,
  communicator: mpi,
  signal: controller.signal,
  listener: {
    onBatch({ step }) {
      if (step === 2 && stopRank === mpi.rank) controller.abort();
    },
    onStep({ loss }) {
      losses.push(loss);
    },
  },
});

if (mpi.rank === 0) {
  const { finished, progress, evaluation } = result;
  const weights = model.weights.map((weight) => weight.read());
  const tensors = [...weights, ...optimizer.velocities().map(({ tensor }) => tensor)];
  const values = await Promise.all(tensors.map((tensor) => tensor.data()));
  const state = Buffer.concat(values.map((x) => new Uint8Array(Float32Array.from(x).buffer)));
  writeFileSync(join(folder, 'state.bin'), state);
  const written = { losses, finished, progress, evaluation };
  writeFileSync(join(folder, 'result.json'), JSON.stringify(written));
}

// Does memory stay flat over a long run of the trainer, with its pipeline, tests and checkpoints?
// Usage: node steady-trainer.js [--steps 1000]
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SGD, selectBackend } from '@fbsd/examples';
import { fbsd } from '@fbsd/fbsd';
import * as tf from '@tensorflow/tfjs-core';
import { DATASETS, ensureMini } from '../../examples/dist/data/index.js';
import { train } from '../../examples/dist/train/trainer.js';
import { verdict } from './verdict.js';

setFlagsFromString('--expose-gc');
/** Before every look, so that what comes and goes does not hide what stays. */
const collectGarbage = runInNewContext('gc');
const BATCH = 8;
const STEPS_PER_EPOCH = 10;

const { values: flags } = parseArgs({ options: { steps: { type: 'string', default: '1000' } } });
const totalEpochs = Math.ceil(Number(flags.steps) / STEPS_PER_EPOCH);
const folder = await mkdtemp(join(tmpdir(), 'fbsd-steady-'));
try {
  const pictures = join(folder, 'pictures');
  await ensureMini(DATASETS.cub.mini, pictures, { trainPerClass: BATCH, testPerClass: 1 });
  const dataset = await DATASETS.cub.load(pictures);
  await selectBackend('wasm');
  const model = fbsd({ arch: 'mini', classes: dataset.classNames.length, imageSize: 65, seed: 1 });
  const optimizer = new SGD(model, { newLearningRate: 0.001, pretrainedLearningRate: 0.001 });
  const runDirectory = join(folder, 'run');
  await mkdir(runDirectory);
  /** @type {import('./verdict.js').Sample[]} */
  const samples = [];
  console.log('  step  tensors  MB of tensors  MB resident');
  await train({
    ...{ model, optimizer, dataset, runDirectory, totalEpochs, imageSize: 65, batchSize: BATCH },
    ...{ accumulate: 1, schedule: 'cosine', warmupSteps: 0, seed: 1 },
    ...{ logEverySteps: 5, saveEverySteps: 5 },
    listener: {
      onStep: ({ step }) => {
        if (step % (2 * STEPS_PER_EPOCH) !== 0) return;
        collectGarbage();
        const { numTensors: tensors, numBytes: bytes } = tf.memory();
        const resident = process.memoryUsage.rss();
        samples.push({ tensors, bytes, resident });
        if (step % (10 * STEPS_PER_EPOCH) !== 0) return;
        const columns = [step, tensors, ...[bytes, resident].map((n) => (n / 2 ** 20).toFixed(1))];
        console.log(columns.map((x, i) => String(x).padStart([6, 8, 14, 12][i] ?? 0)).join(' '));
      },
    },
  });
  const problem = verdict(samples);
  console.log(problem ?? 'Flat.');
  process.exitCode = problem ? 1 : 0;
} finally {
  await rm(folder, { recursive: true, force: true });
}

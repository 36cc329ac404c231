// Does memory stay flat over a long run of the trainer, with its pipeline, tests and checkpoints?
// Usage: npm run build && node tools/checks/memory/trainer.js [--steps 1000]
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DiskRunStore, nodeClock, selectBackend } from '@fbsd/cli';
import { DATASETS, diskPictures, ensureMini } from '@fbsd/datasets';
import { fbsd } from '@fbsd/fbsd';
import { SGD, train } from '@fbsd/trainer';
import { MemoryWatch } from './watch.js';

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
  await mkdir(join(folder, 'run'));
  const watch = new MemoryWatch();
  await train({
    model,
    optimizer,
    dataset,
    pictures: diskPictures,
    store: new DiskRunStore(join(folder, 'run')),
    clock: nodeClock,
    totalEpochs,
    imageSize: 65,
    batchSize: BATCH,
    seed: 1,
    logEverySteps: 5,
    saveEverySteps: 5,
    listener: {
      onStep: ({ step }) => {
        if (step % (2 * STEPS_PER_EPOCH) !== 0) return;
        collectGarbage();
        watch.look(step, { print: step % (10 * STEPS_PER_EPOCH) === 0 });
      },
    },
  });
  watch.end();
} finally {
  await rm(folder, { recursive: true, force: true });
}

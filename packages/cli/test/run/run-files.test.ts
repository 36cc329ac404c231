import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { diskPictures, loadCub } from '@fbsd/datasets';
import { fbsd } from '@fbsd/fbsd';
import { type MetricsLine, SGD, type TrainListener, train as trainModel } from '@fbsd/trainer';
import { checkpointFiles, type RunFile, type RunParts, runFiles } from '@fbsd/trainer/run-files';
import * as tf from '@tensorflow/tfjs-core';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { tinyPath, writeTinyCub } from '../../../datasets/test/support/tiny-cub.ts';
import { selectBackend } from '../../src/backend/select-backend.ts';
import { evaluate } from '../../src/commands/evaluate.ts';
import { inspect } from '../../src/commands/inspect.ts';
import { predict } from '../../src/commands/predict.ts';
import { train } from '../../src/commands/train.ts';
import { DiskRunStore } from '../../src/run/disk-run-store.ts';
import { catchPrinted } from '../support/printed.ts';
import { FIVE_TO_TRAIN } from '../support/tiny-run.ts';

const folder = temporaryFolder();
const printed = catchPrinted();
const path = (...parts: string[]) => join(folder(), ...parts);
const WASM = ['--backend', 'wasm'] as const;
const options = { imageSize: 65, batchSize: 2, totalEpochs: 2, warmupSteps: 1, seed: 4 };
const rates = { newLearningRate: 0.02, pretrainedLearningRate: 0.01 };

beforeAll(() => selectBackend('wasm'));
beforeEach(async () => {
  await writeTinyCub(path('birds'), { 'train_test_split.txt': FIVE_TO_TRAIN });
});

/** Trains as a program does that has no disk. @returns what it measured, and the parts of the run's folder */
async function trainWithoutDisk(listener: (stop: AbortController) => TrainListener = () => ({})) {
  const dataset = await loadCub(path('birds'));
  const model = fbsd({ arch: 'mini', classes: 3, imageSize: 65, seed: 4 });
  const optimizer = new SGD(model, rates);
  const metrics: MetricsLine[] = [];
  const checkpoints: { last?: RunFile[]; best?: RunFile[] } = {};
  const stop = new AbortController();
  const { evaluation } = await trainModel({
    ...{ ...options, model, optimizer, dataset, pictures: diskPictures, signal: stop.signal },
    listener: listener(stop),
    store: {
      load: async () => null,
      rewind: async () => {},
      append: async (line) => void metrics.push(line),
      async save(name, checkpoint) {
        checkpoints[name] = await checkpointFiles(checkpoint);
        await new DiskRunStore(path('disk')).save(name, checkpoint);
      },
    },
  });
  optimizer.dispose();
  model.dispose();
  const parts: RunParts = { config: null, metrics, checkpoints };
  return { evaluation, parts, classNames: dataset.classNames };
}

async function write(name: string, parts: RunParts): Promise<string> {
  for (const file of await runFiles(parts)) {
    mkdirSync(dirname(path(name, file.path)), { recursive: true });
    writeFileSync(path(name, file.path), file.bytes);
  }
  return path(name);
}

function contentOf(directory: string): Record<string, string> {
  const names = readdirSync(directory).sort();
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(directory, name), 'base64')]),
  );
}

describe('the files of a run that was trained without a disk', () => {
  test('are to the byte what is written to a disk; evaluate, predict and inspect read them', async () => {
    const { evaluation, parts } = await trainWithoutDisk();
    const run = await write('run', parts);
    for (const name of ['last', 'best']) {
      const checkpoint = contentOf(join(run, 'checkpoints', name));
      expect(Object.keys(checkpoint)).toHaveLength(7);
      expect(checkpoint).toEqual(contentOf(path('disk/checkpoints', name)));
    }

    printed.out = '';
    expect(await evaluate(['--model', run, '--data', path('birds'), ...WASM, '--json'])).toBe(0);
    const result = JSON.parse(printed.out);
    expect(result).toMatchObject({ images: 1, accuracy: evaluation?.accuracy });
    expect(result.confusion).toEqual(evaluation?.confusion);

    const picture = path('birds/images', tinyPath(6));
    printed.out = '';
    expect(await predict([picture, '--model', run, ...WASM])).toBe(0);
    expect(printed.out).toMatch(/00\d\./);
    const out = path('inspected');
    expect(
      await inspect([picture, '--model', join(run, 'checkpoints/best'), '--out', out, ...WASM]),
    ).toBe(0);
  });

  test('go on with --resume, to the same weights, where their config has the settings', async () => {
    const whole = await trainWithoutDisk();
    const stopped = await trainWithoutDisk((stop) => ({
      onStep: ({ step }) => step === 3 && stop.abort(),
    }));
    const environment = { backend: 'wasm', tfjs: tf.version_core };
    const settings = { dataset: 'cub', arch: 'mini', ...options, ...rates };
    const config = { settings, classNames: stopped.classNames, environment };
    const run = await write('run', { ...stopped.parts, config });
    const state = JSON.parse(readFileSync(join(run, 'checkpoints/last/state.json'), 'utf8'));
    expect(state.progress).toMatchObject({ epoch: 2, step: 3, batch: 1 });
    expect(await train(['--resume', '--out', run, '--data', path('birds'), ...WASM])).toBe(0);
    const resumed = readFileSync(join(run, 'checkpoints/last/weights.bin'));
    const [weights] = whole.parts.checkpoints.last ?? [];
    expect(Buffer.compare(resumed, weights?.bytes as Uint8Array)).toBe(0);
    expect(await evaluate(['--model', run, '--data', path('birds'), ...WASM])).toBe(0);
  });
});
